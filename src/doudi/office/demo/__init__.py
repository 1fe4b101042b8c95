"""A made-up league in the real divisions, calibrated to the figures of the article.

Everyone in it is marked ``synthetic``, is called 合成 and something, and has an ID number under an
area code that no place has. The same number of people and the same seed make the same rows; only
ciphertexts, the numbers of stays and claims, and the moments of recording differ.

What the article gives is in `figures`; how many are registered, how large households are and
what bills look like are our assumptions, each written where it is used.
"""
