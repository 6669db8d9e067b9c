Ihre Daten liegen bereit
