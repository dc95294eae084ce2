-- Owners who moved away and had everything deleted that they left behind. Their actor, key, inbox and map stay.

create table emptied (
    account_id      text primary key references accounts (id),
    posts           bigint not null,            -- how many went
    files           bigint not null,
    emptied_at      bigint not null
);
