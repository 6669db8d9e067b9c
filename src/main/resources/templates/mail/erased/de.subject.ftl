Ihre Daten sind gelöscht
