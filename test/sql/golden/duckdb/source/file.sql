select * from read_csv('data/customers.csv')
