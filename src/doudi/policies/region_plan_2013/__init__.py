"""The region's rural poverty-relief plan for 2013 to 2017: its money rules, targets and duties."""
