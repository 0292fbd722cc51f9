"""A server that honours ModelsLab's contract for `specific_video_swap`, and really swaps faces.

`messages` the shapes of its answers · `requests` what a submit must hold · `jobs` what it knows of each job ·
`work` makes a job's result · `app` the routes. How it misbehaves when told to: `behaviour` for all jobs, `scripts`
for chosen ones, `chaos` by order and by chance; `says` what can be said then, `misbehaviours` the list by name,
`broken` answers that never come or never end, `connections` resets them.
"""
