Your data has been erased
