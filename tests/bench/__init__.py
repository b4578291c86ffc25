"""`make bench`: what a request costs, as ratios within one run and as instruction counts."""
