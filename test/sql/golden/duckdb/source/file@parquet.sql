select * from read_parquet('data/customers.parquet')
