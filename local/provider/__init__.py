"""A server that honours ModelsLab's contract for `specific_video_swap`, and really swaps faces.

`messages` the shapes of its answers · `requests` what a submit must hold · `jobs` what it knows of each job ·
`work` makes a job's result · `app` the routes · `behaviour` how it misbehaves when told to.
"""
