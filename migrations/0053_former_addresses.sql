-- Where items of a copy were before their source had them: two accounts with the same past are recognized by it.
create table former_addresses (
    transfer_id     text not null references transfers (id),
    address         text not null,
    kind            text not null,
    key             text not null,
    primary key (transfer_id, address)
);
create index former_addresses_by_address on former_addresses (address);
