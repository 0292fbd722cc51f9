"""A server that honours ModelsLab's contract for `specific_video_swap`, and really swaps faces.

`requests` what a submit must hold · `messages` the shapes of its answers · `jobs` what it knows of a job, `ledger`
of all, `books` keeps them on disk, `costs` how long they take · `work` makes a job's result out of its `inputs`,
`telling` posts the webhooks · `app` the routes. How it misbehaves when told to, by its `control` side: `behaviour`
for all jobs, `scripts` for chosen ones, `chaos` by order and by chance; `says` what can be said then,
`misbehaviours` the list by name, `broken` answers that never come or never end, `connections` resets them.
"""
