Your data will not be erased
