"""Reading what others deliver, apart: by a process that has no keys, sees no other files and may take only so much.

`reading` is the loader's side, `reader` what is done for it; `__main__` is the process readers are split off from,
`confined` what is taken from each of them, `messages` what the two sides say to each other.
"""
