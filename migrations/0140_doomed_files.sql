-- Files in a bucket that nothing needs any more: noted by the work that deletes what needed them, removed after it.
create table doomed_files (
    sha256 text not null primary key            -- 64 hex digits, the file's name
);
