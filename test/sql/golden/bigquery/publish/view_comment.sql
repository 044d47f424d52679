alter view `predictions`.`churn` set options (description = 'scorehouse target=churn version=7 publish=3')
