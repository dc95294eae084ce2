-- What daemons that share a database know of the servers they ask, and divide among themselves.
create table peer_places (
    peer text not null primary key,             -- origin; empty: all peers together
    places bigint not null,                     -- things asked of it at the same time by all daemons together
    told_at bigint not null
);
create table peer_shares (
    peer text not null,
    daemon text not null,                       -- who asks it now
    until bigint not null,                      -- and has a part of the places as long as it is heard of
    primary key (peer, daemon)
);
create table troubled_peers (
    peer text not null primary key,             -- origin
    until bigint not null,                      -- it is left alone so long
    misses bigint not null,                     -- how often in a row it did not answer
    status bigint not null                      -- what it answered when it asked to be left alone; 0: nothing
);
