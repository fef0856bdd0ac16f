"""Where things are: gemeente, wijk and buurt, WGS84 and RD, H3 cells."""
