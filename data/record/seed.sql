-- The sample lender's tables, the same for PostgreSQL and MariaDB. The customers come from
-- data/backoffice/customers.mjs.
create table customers (
    id integer primary key,
    full_name varchar(80) not null,
    phone varchar(20) not null,
    id_card varchar(18) not null,
    bank_card varchar(19) not null,
    email varchar(80) not null,
    address varchar(80) not null,
    balance numeric(12, 2) not null,
    overdue_days integer not null,
    team integer not null
);
create table scores (
    customer_id integer primary key,
    score integer not null,
    computed date not null
);
create table notes (
    id integer primary key,
    customer_id integer not null,
    author varchar(40) not null,
    body varchar(400) not null
);
