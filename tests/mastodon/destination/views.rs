//! What somebody without a login sees of the server: the queries its pages and documents are made of.

use super::house::{EVE, FRANK, FRANKS, GRETAS, House};

/// Everything a stranger can see, by where.
pub async fn anonymous(house: &House) -> Vec<(String, Vec<String>)> {
    let open = "deleted_at is null and visibility in (0, 1)";
    let public = "s.deleted_at is null and s.visibility = 0 and s.reblog_of_id is null \
                  and (not s.reply or s.in_reply_to_account_id = s.account_id)";
    let queries = [
        (
            "profile",
            format!(
                "select id from statuses where account_id = {EVE} and {open} \
                 and (not reply or in_reply_to_account_id = account_id) order by id desc limit 20"
            ),
        ),
        (
            "profile with replies",
            format!("select id from statuses where account_id = {EVE} and {open} order by id desc limit 20"),
        ),
        (
            "media",
            format!(
                "select distinct s.id from statuses s join media_attachments m on m.status_id = s.id \
                 where s.account_id = {EVE} and s.deleted_at is null and s.visibility in (0, 1) order by 1 desc"
            ),
        ),
        ("outbox", format!("select id from statuses where account_id = {EVE} and {open} order by id desc")),
        (
            "numbers",
            format!(
                "select concat(statuses_count, ' ', last_status_at, ' ', updated_at) from account_stats \
                 where account_id = {EVE}"
            ),
        ),
        ("public timeline", format!("select s.id from statuses s where {public} order by s.id desc")),
        (
            "local timeline",
            format!(
                "select s.id from statuses s where {public} and (s.local or s.uri is null) order by s.id desc"
            ),
        ),
        (
            "topics",
            format!(
                "select concat(t.name, ' ', s.id) from statuses s join statuses_tags j on j.status_id = s.id \
                 join tags t on t.id = j.tag_id where {public} order by s.id desc"
            ),
        ),
        ("search for topics", "select name from tags order by id".to_owned()),
        (
            "featured topics",
            format!(
                "select concat(tag_id, ' ', statuses_count) from featured_tags where account_id = {EVE} order by id"
            ),
        ),
        (
            "pinned posts",
            format!("select status_id from status_pins where account_id = {EVE} order by created_at desc"),
        ),
        (
            "search for posts",
            "select s.id from statuses s join accounts a on a.id = s.account_id \
             where s.visibility = 0 and s.deleted_at is null and s.reblog_of_id is null order by s.id"
                .to_owned(),
        ),
        (
            "answers",
            format!(
                "select id from statuses where in_reply_to_id in ({FRANKS}, {GRETAS}) and {open} order by id"
            ),
        ),
        (
            "who passed it on",
            format!("select account_id from statuses where reblog_of_id in ({FRANKS}, {GRETAS}) and {open}"),
        ),
        (
            "who likes it",
            format!("select account_id from favourites where status_id in ({FRANKS}, {GRETAS}) order by id"),
        ),
        (
            "how often",
            format!(
                "select concat(replies_count, ' ', reblogs_count, ' ', favourites_count) from status_stats \
                 where status_id in ({FRANKS}, {GRETAS}) order by status_id"
            ),
        ),
        (
            "actor",
            format!(
                "select concat(display_name, ' ', note, ' ', fields, ' ', avatar_file_name) from accounts \
                 where id = {EVE}"
            ),
        ),
        (
            "home of who follows her",
            format!(
                "select s.id from statuses s where s.deleted_at is null and s.visibility in (0, 1, 2) \
                 and s.account_id in (select target_account_id from follows where account_id = {FRANK}) \
                 order by s.id desc limit 800"
            ),
        ),
        (
            "list with her on it",
            format!(
                "select s.id from statuses s where s.deleted_at is null and s.visibility in (0, 1, 2) \
                 and s.account_id in (select m.account_id from list_accounts m join lists l on l.id = m.list_id \
                 where l.account_id = {FRANK}) order by s.id desc limit 800"
            ),
        ),
        (
            "home of who follows a topic",
            format!(
                "select s.id from statuses s join statuses_tags j on j.status_id = s.id \
                 join tag_follows f on f.tag_id = j.tag_id where f.account_id = {FRANK} and s.visibility = 0 \
                 and s.deleted_at is null order by s.id desc"
            ),
        ),
        (
            "search for what one may see",
            format!(
                "select s.id from statuses s where s.deleted_at is null and s.id in (\
                 select status_id from mentions where account_id <> {EVE} and not silent union \
                 select status_id from favourites where account_id <> {EVE} union \
                 select status_id from bookmarks where account_id <> {EVE} union \
                 select reblog_of_id from statuses where account_id <> {EVE} and reblog_of_id is not null) order by s.id"
            ),
        ),
        (
            "search for people",
            "select concat(a.id, ' ', a.display_name, ' ', t.statuses_count, ' ', t.last_status_at) from accounts a \
             left join account_stats t on t.account_id = a.id where a.suspended_at is null \
             and a.moved_to_account_id is null order by a.id"
                .to_owned(),
        ),
        (
            "what leads on below a post",
            format!(
                "with recursive below(id) as (select id from statuses where in_reply_to_id in ({FRANKS}, {GRETAS}) \
                 union all select s.id from statuses s join below b on s.in_reply_to_id = b.id) \
                 select s.id from below join statuses s using (id) where s.visibility in (0, 1) order by s.id"
            ),
        ),
        (
            "lists of others",
            format!("select concat(account_id, ' ', title) from lists where account_id <> {EVE} order by id"),
        ),
        ("direct messages of others", "select concat(account_id, ' ', status_ids) from account_conversations".to_owned()),
        ("people named", "select concat(status_id, ' ', account_id) from mentions order by id".to_owned()),
        ("told", "select id from notifications".to_owned()),
    ];
    let mut seen = Vec::new();
    for (name, sql) in queries {
        seen.push((name.to_owned(), house.texts(&sql).await));
    }
    seen
}
