Your data is ready
