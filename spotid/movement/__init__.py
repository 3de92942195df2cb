"""How animals move between cameras: what places and times say of a pair of sightings. Numbers only, no pictures."""
