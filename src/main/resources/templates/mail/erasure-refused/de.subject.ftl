Ihre Daten werden nicht gelöscht
