create table "main"."penguins" as select * from read_csv('data/o''clock.csv')
