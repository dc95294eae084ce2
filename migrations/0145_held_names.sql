-- Accounts made on the way of a move. The name is held for the copy that comes; nobody sees the account until a copy
-- stays, and it goes, name and all, when the time is over and none has.

create table held_names (
    account_id      text primary key references accounts (id),
    until           bigint not null
);
create index held_names_by_time on held_names (until);
