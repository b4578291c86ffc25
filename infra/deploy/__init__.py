"""From this tree to AWS: packages, settings, site, and the commands around them."""
