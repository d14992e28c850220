module openbursar.example/raw-http

go 1.22
