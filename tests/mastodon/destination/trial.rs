//! A copy on trial and after it.

use godwit::{
    adapters::mastodon_database::schema::Version,
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::ItemKind,
        transfer::{Origin, Transfer, TransferState},
    },
    port::{
        destination::{Destination, Written},
        error::AdapterError,
        source::Exports,
    },
    store::transfers,
};

use super::{
    house::{EVE, FRANK, FRANKS, GRETA, GRETAS, House, OWN, SOME, same},
    luggage::Luggage,
    unpacking::Copied,
    views::anonymous,
};

fn t1() -> TransferId {
    TransferId::from("t1")
}

#[tokio::test]
async fn on_trial_a_copy_is_there_for_its_owner_and_for_nobody_else() {
    for version in Version::ALL {
        let Some(house) = House::of(version).await else { return };
        // Frank follows her and the topic she writes about, and has her on a list.
        house
            .stage
            .run(&format!(
                "insert into follows (id, account_id, target_account_id, created_at, updated_at) values \
                 (900, {FRANK}, {EVE}, now(), now()); \
                 insert into lists (id, account_id, title, created_at, updated_at) values (900, {FRANK}, 'f', now(), now()); \
                 insert into list_accounts (list_id, account_id, follow_id) values (900, {EVE}, 900); \
                 insert into tag_follows (account_id, tag_id, created_at, updated_at) values ({FRANK}, 1, now(), now())"
            ))
            .await;
        let before = anonymous(&house).await;
        let seen = |name: &str| before.iter().find(|(one, _)| one == name).unwrap().1.clone();
        for name in
            ["home of who follows her", "list with her on it", "home of who follows a topic", "profile"]
        {
            assert_eq!(seen(name), [OWN.to_string()], "what she wrote herself is seen: {name}");
        }
        let copied = house.copy(&t1(), &Luggage::full()).await;
        assert_eq!(anonymous(&house).await, before, "{version}");
        let own = format!("select count(*) from statuses where account_id = {EVE} and id <> {OWN}");
        assert_eq!(house.number(&own).await, 12, "{version}");
        assert_eq!(house.number(&format!("{own} and visibility = 3")).await, 12, "{version}");
        let skipped: Vec<_> = copied
            .prepared
            .iter()
            .zip(&copied.written)
            .filter_map(|(one, written)| match written {
                Written::Skipped(why) => Some((one.reservation.kind, why.as_str())),
                Written::Done | Written::Unshown(_) => None,
            })
            .collect();
        let kinds: Vec<ItemKind> = skipped.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [ItemKind::Boosts, ItemKind::Likes], "{version}: {skipped:?}");
        assert!(skipped.iter().all(|(_, why)| why.len() > 20));
        // Everything that was not skipped is counted.
        let counts = house.destination.counts(&t1()).await.unwrap();
        for kind in ItemKind::ALL {
            let written = copied.prepared.iter().zip(&copied.written);
            let written =
                written.filter(|(one, written)| one.reservation.kind == kind && **written == Written::Done);
            let expected = match kind {
                ItemKind::Media => 2,
                ItemKind::ProfileImages => 1,
                _ => written.count(),
            };
            assert_eq!(counts[&kind], u64::try_from(expected).unwrap(), "{version} {}", kind.as_str());
        }
    }
}

#[tokio::test]
async fn the_release_gives_everything_the_visibility_it_had_and_counts_it_once() {
    for version in Version::ALL {
        let Some(house) = House::of(version).await else { return };
        let copied = house.copy(&t1(), &Luggage::full()).await;
        for _ in 0..2 {
            house.destination.release(&t1(), &House::eve()).await.unwrap();
        }
        let of = |index: usize| copied.prepared[index].reservation.local_id.to_string();
        for (index, visibility) in [0, 0, 1, 2, 0, 3, 0, 0, 0, 0].into_iter().enumerate() {
            let sql = format!("select visibility::bigint from statuses where id = {}", of(index));
            assert_eq!(house.number(&sql).await, visibility, "{version} {index}");
        }
        // Nine posts that others may see, two boosts, and the one she had.
        let posts = format!("select statuses_count from account_stats where account_id = {EVE}");
        assert_eq!(house.number(&posts).await, 12, "{version}");
        let stats = format!(
            "select concat(status_id, ' ', replies_count, ' ', reblogs_count, ' ', favourites_count) \
             from status_stats where status_id in ({FRANKS}, {GRETAS}) order by status_id"
        );
        let expected = [format!("{FRANKS} 1 0 4"), format!("{GRETAS} 0 1 0")];
        assert_eq!(house.texts(&stats).await, expected, "{version}");
        let topics = "select t.name from tags t join statuses_tags j on j.tag_id = t.id where j.status_id = ";
        let mut named = house.texts(&format!("{topics}{}", of(0))).await;
        named.sort();
        assert_eq!(named, ["birds", "zaunkonig"], "{version}");
        let people = format!("select account_id from mentions where status_id = {}", of(1));
        assert_eq!(house.texts(&people).await, [GRETA.to_string()], "{version}");
        let text = format!("select text from statuses where id = {}", of(1));
        assert_eq!(house.texts(&text).await, ["hello @bob@old.example and @greta@far.example"]);
        // All versions, the one that stands last, with names and links as they are meant here.
        let versions = format!(
            "select concat(spoiler_text, '|', sensitive, '|', text, '|', created_at) from status_edits \
             where status_id = {} order by id",
            of(1)
        );
        let page = format!("https://new.example/@Eve/{}", of(0));
        assert_eq!(
            house.texts(&versions).await,
            [
                format!("birds|t|first to @bob@old.example, see {page}|2011-03-01 10:00:00"),
                format!("|f|second to @bob@old.example, see {page}|2011-03-01 11:00:00"),
                "|f|hello @bob@old.example and @greta@far.example|2011-03-02 10:00:00".to_owned(),
            ],
            "{version}"
        );
        assert_eq!(house.number("select count(distinct status_id) from status_edits").await, 1);
        let featured = format!(
            "select concat(t.name, ' ', f.statuses_count) from featured_tags f join tags t on t.id = f.tag_id \
             where f.account_id = {EVE} order by f.id"
        );
        assert_eq!(house.texts(&featured).await, ["birds 2", "zaunkonig 1"], "{version}");
        let thread = format!(
            "select count(distinct conversation_id) from statuses where id in ({}, {})",
            of(0),
            of(1)
        );
        assert_eq!(house.number(&thread).await, 1);
        let parent = format!("select in_reply_to_id from statuses where id = {}", of(1));
        assert_eq!(house.texts(&parent).await, [of(0)]);
        assert_eq!(house.texts("select settings from users").await, [r#"{"default_language":"de"}"#]);
        let profile = format!(
            "select concat(display_name, '|', note, '|', fields ->0->> 'value') from accounts where id = {EVE}"
        );
        assert_eq!(house.texts(&profile).await, ["Ann|Looks at birds|https://ann.example"]);
        assert_eq!(house.number("select count(*) from notifications").await, 0);
        let open = "select count(*) from polls where expires_at > now() at time zone 'utc'";
        assert_eq!(house.number(open).await, 0, "an imported poll is over");
        let tallies = "select concat(cached_tallies, options, votes_count, voters_count) from polls";
        assert_eq!(house.texts(tallies).await, [r#"{3,4}{"tea, \"green\"",coffee}77"#]);
        let members = "select concat(l.title, ' ', a.username) from list_accounts m join lists l on l.id = m.list_id \
                       join accounts a on a.id = m.account_id";
        assert_eq!(house.texts(members).await, ["friends greta"]);
        if version >= Version::V4_4 {
            let quotes = "select concat(status_id, ' ', quoted_status_id, ' ', state) from quotes";
            assert_eq!(house.texts(quotes).await, [format!("{} {} 1", of(8), of(0))]);
        }
        if version >= Version::V4_5 {
            let roots = format!(
                "select parent_status_id from conversations v join statuses s on s.conversation_id = v.id where s.id = {}",
                of(1)
            );
            assert_eq!(house.texts(&roots).await, [of(0)]);
            let others = house
                .number("select count(*) from conversations where id <= 2 and parent_status_id is not null");
            assert_eq!(others.await, 0, "threads of others keep their addresses");
        }
    }
}

#[tokio::test]
async fn order_by_id_is_order_by_time_and_nothing_stands_above_what_is_newer() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    house.copy(&t1(), &Luggage::full()).await;
    let by = |order: &str| format!("select id from statuses where account_id = {EVE} order by {order}");
    // What claims to come from the future counts as of today.
    let now = "least(created_at, now() at time zone 'utc')";
    assert_eq!(house.texts(&by("id")).await, house.texts(&by(&format!("{now}, id"))).await);
    let above = format!(
        "select count(*) from statuses n join statuses o on o.id < n.id and o.created_at > n.created_at \
         where n.account_id = {EVE}"
    );
    assert_eq!(house.number(&above).await, 0);
    assert_eq!(
        house
            .number("select count(*) from statuses where (id >> 16) > extract(epoch from now()) * 1000")
            .await,
        0
    );
}

#[tokio::test]
async fn files_lie_where_the_server_looks_for_them_and_nothing_sweeps_them_away() {
    let Some(house) = House::of(Version::V4_6).await else { return };
    let copied = house.copy(&t1(), &Luggage::full()).await;
    house.destination.release(&t1(), &House::eve()).await.unwrap();
    let swept = "select count(*) from media_attachments where status_id is null or processing <> 2 or account_id is null";
    assert_eq!(house.number(swept).await, 0);
    let rows = house
        .texts("select concat(id, ' ', file_file_name, ' ', file_meta -> 'small' ->> 'size', ' ', length(blurhash)) from media_attachments order by id")
        .await;
    assert_eq!(rows.len(), 3, "a file that two posts show lies there twice");
    let files = house.files();
    for row in rows {
        let [id, name, size, blurhash] = row.split(' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
        assert_eq!((size, blurhash), ("643x357", "36"));
        let parts: Vec<&str> =
            id.as_bytes().chunks(3).map(|part| std::str::from_utf8(part).unwrap()).collect();
        for style in ["original", "small"] {
            let path = format!("media_attachments/files/{}/{style}/{name}", parts.join("/"));
            assert!(files.contains(&path), "{path}");
        }
    }
    let shown = &copied.prepared[2].blobs;
    assert!(shown.keys().all(|url| files.contains(&url.replace("https://new.example/system/", ""))));
    let order = format!(
        "select ordered_media_attachment_ids from statuses where id = {}",
        copied.prepared[2].reservation.local_id
    );
    assert!(house.texts(&order).await[0].contains(','));
}

#[tokio::test]
async fn nothing_of_a_copy_is_swept_expired_or_deleted_by_the_server_itself() {
    for version in SOME {
        let Some(house) = House::of(version).await else { return };
        house.copy(&t1(), &Luggage::full()).await;
        for when in ["on trial", "kept"] {
            for (what, sql) in [
                // Files of no post, a day old: every night.
                (
                    "swept",
                    "select count(*) from media_attachments where status_id is null and scheduled_status_id is null",
                ),
                // What is left of deleted posts, and posts of others past their time.
                ("purged", "select count(*) from statuses where deleted_at is not null"),
                (
                    "past its time",
                    "select count(*) from statuses where account_id = 109000000000000001 and not coalesce(local, false)",
                ),
                // A poll that ends would tell people about it.
                (
                    "ending",
                    "select count(*) from polls where expires_at is null or expires_at > now() at time zone 'utc'",
                ),
                // What the account's own rule deletes; there is none.
                ("deleted by a rule", "select count(*) from account_statuses_cleanup_policies where enabled"),
                // A post without a thread, a poll without its post or a post without its poll.
                (
                    "half",
                    "select count(*) from statuses s left join polls p on p.id = s.poll_id left join conversations v \
                     on v.id = s.conversation_id where s.account_id = 109000000000000001 and s.reblog_of_id is null \
                     and (v.id is null or (s.poll_id is not null and p.status_id is distinct from s.id))",
                ),
            ] {
                assert_eq!(house.number(sql).await, 0, "{version} {when}: {what}");
            }
            house.destination.release(&t1(), &House::eve()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn writing_again_changes_nothing() {
    let Some(house) = House::of(Version::V4_5).await else { return };
    let luggage = Luggage::full();
    let first = house.copy(&t1(), &luggage).await;
    let before = house.census();
    let second = house.copy(&t1(), &luggage).await;
    assert_eq!(first.written, second.written);
    let places =
        |copied: &Copied| copied.prepared.iter().map(|one| one.reservation.clone()).collect::<Vec<_>>();
    assert_eq!(places(&first), places(&second));
    same(&house.census(), &before, "written again");
}

#[tokio::test]
async fn an_account_that_deletes_its_old_posts_is_asked_to_stop_first() {
    let Some(house) = House::of(Version::V4_4).await else { return };
    let policy = format!(
        "insert into account_statuses_cleanup_policies (account_id, created_at, updated_at) values ({EVE}, now(), now())"
    );
    house.stage.run(&policy).await;
    let prepared = house.prepare(&t1(), &Luggage::thread(1)).await;
    let error = house.destination.write(&t1(), &House::eve(), prepared).await.unwrap_err();
    assert!(
        matches!(&error, AdapterError::Fatal { why, .. } if why.contains("Automated post deletion")),
        "{error}"
    );
    assert_eq!(house.number(&format!("select count(*) from statuses where account_id = {EVE}")).await, 1);
}

#[tokio::test]
async fn an_id_is_never_anybody_elses() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let luggage = Luggage::thread(3);
    let first = house.prepare(&t1(), &luggage).await;
    let other = TransferId::from("t2");
    // Somebody has exactly the ids that another transfer would be given.
    let wanted = house.prepare(&other, &luggage).await;
    for one in wanted.iter().chain(&first) {
        let id = &one.reservation.local_id;
        house.stage.run(&format!(
            "insert into statuses (id, account_id, text, created_at, updated_at) values ({id}, {GRETA}, 'x', now(), now())"
        )).await;
    }
    let third = house.prepare(&TransferId::from("t3"), &luggage).await;
    let taken: Vec<_> = wanted.iter().chain(&first).map(|one| one.reservation.local_id.clone()).collect();
    assert!(third.iter().all(|one| !taken.contains(&one.reservation.local_id)));
    // What was given before is not written over.
    let written = house.destination.write(&t1(), &House::eve(), first).await.unwrap();
    assert!(written.iter().all(|one| matches!(one, Written::Skipped(_))));
}

#[tokio::test]
async fn what_is_on_trial_is_given_to_no_other_home_and_what_was_kept_is() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let exports = house.exports();
    let transfer = Transfer {
        id: t1(),
        account: House::eve(),
        asked_for: "@ann@old.example".to_owned(),
        origin: Origin::Archive { path: "none".into(), beside: Vec::new() },
        state: TransferState::Importing,
        problem: None,
        resume_at: None,
        ending: None,
    };
    transfers::insert(&house.store, transfer, None, 0).await.unwrap();
    assert!(exports.open(&House::eve(), true).await.is_ok(), "nothing has come yet");
    house.copy(&t1(), &Luggage::full()).await;
    let Err(refused) = exports.open(&House::eve(), true).await else { panic!("it was given out on trial") };
    assert!(matches!(refused, AdapterError::Busy { .. }), "{refused}");
    let public = exports.open(&House::eve(), false).await.unwrap();
    let page = public.page(CollectionKind::Content, None, 100).await.unwrap();
    assert_eq!(page.items.len(), 1, "what she wrote herself, and nothing of the copy");
    house.destination.release(&t1(), &House::eve()).await.unwrap();
    assert!(exports.open(&House::eve(), true).await.is_ok(), "it was kept");
}
