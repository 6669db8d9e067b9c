Your answer takes longer
