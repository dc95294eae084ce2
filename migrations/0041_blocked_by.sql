-- Who told us that they block an account of ours. Shown to nobody; whom they are among is left out of
-- the list of followed accounts that leaves this server.

create table blocked_by (
    account_id      text not null references accounts (id),
    actor           text not null,
    since           bigint not null,
    primary key (account_id, actor)
);
