select count("CUSTOMER_ID"), count("Region")
from (select * from analytics.customers -- all of them
) as source
