-- The day an owner may take between the last word and the announcement, and the link that calls it off.

alter table departures add column due_at bigint;   -- while it rests (state 'resting'): when it is announced

create table call_off_links (
    token_hash      text primary key,
    departure_id    text not null references departures (id),
    until           bigint not null
);
create index departures_resting on departures (due_at) where state = 'resting';
