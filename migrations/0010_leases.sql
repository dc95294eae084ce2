-- Who works on what, when several daemons share these tables.

create table leases (
    work            text primary key,           -- 'transfer …', 'departure …' or 'deliveries'
    holder          text not null,              -- which daemon or command
    epoch           bigint not null,            -- of this taking; who lost it writes no more
    until           bigint not null             -- others may take it after this
);
create index leases_by_holder on leases (holder);

create table counters (
    name            text primary key,           -- 'epoch' numbers takings of leases
    value           bigint not null
);
