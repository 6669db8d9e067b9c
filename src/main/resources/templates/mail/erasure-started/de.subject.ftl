Ihre Bitte um Löschung ist bei uns
