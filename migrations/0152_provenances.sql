-- How far what came with a transfer was vouched for.
create table provenances (
    transfer_id     text primary key,
    grade           text not null               -- 'confirmed', 'served', 'as_client', 'file'
);
