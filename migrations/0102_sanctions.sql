-- Accounts under a sanction, as far as leaving is concerned.

create table sanctions (
    account_id      text primary key,
    reason          text not null,
    may_leave       boolean,                    -- with its data only; null: as the rules say
    made_by         text not null,
    made_at         bigint not null
);
