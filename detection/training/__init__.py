"""How the detector of the sample is made: scenes of our own, drawn and labelled, and the training on them."""
