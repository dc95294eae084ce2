-- What an admin has taken out of everybody's sight but its owner's: whole copies at a time, as they can be shown again.

create table hidden_imports (
    transfer_id     text primary key references transfers (id),
    account_id      text not null,
    state           text not null,              -- 'hiding', 'hidden', 'showing', 'removing'
    why             text not null,              -- its owner reads it
    hidden_by       text,                       -- an admin's account; null: the command line
    hidden_at       bigint not null,
    remove_at       bigint                      -- taken away for good then; null: only hidden
);
create index hidden_imports_by_time on hidden_imports (hidden_at);
-- json: [word], what of the profile is taken off while the copy is out of sight; null: it is in sight.
alter table waiting_profiles add column taken_off text;
