"""Networks as pictures, one file a style: each takes the facts about a network and gives the shapes to draw."""
