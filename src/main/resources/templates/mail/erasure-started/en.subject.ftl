We have your request for erasure
