//! The role that the printed scripts make: it suffices for everything, and each privilege is needed.

use godwit::{
    adapters::{
        Surroundings, look_beside,
        mastodon_database::{Caches, Files, role, schema::Version},
    },
    model::{
        finding::{Finding, Weight},
        id::TransferId,
    },
    port::{
        clock::{Clock, SystemClock},
        destination::{Destination, Written},
    },
};
use url::Url;

use crate::{
    destination::{
        house::{EVE, House, same},
        luggage::Luggage,
    },
    redis::Redis,
};

/// Makes the role under a name of the test's own: one role serves all databases of a cluster.
async fn made(house: &House, version: Version, name: &str) -> String {
    for script in [role::script(version), role::writing_script(version)] {
        house.stage.run(&script.replace(role::ROLE, name)).await;
    }
    house.stage.url.replace("godwit@", &format!("{name}@"))
}

fn surroundings(house: &House, database: String) -> Surroundings {
    Surroundings {
        kind: "mastodon_database".into(),
        database,
        base: Url::parse("https://new.example").unwrap(),
        handle_domain: "new.example".into(),
        files: Files::Directory(house.media.clone()),
        media_url: Url::parse("https://new.example/system/").unwrap(),
        redis: String::new(),
        takes_copies: true,
        encryption: <(String, String)>::default(),
        client: <(String, String)>::default(),
    }
}

async fn look(surroundings: &Surroundings) -> Vec<Finding> {
    look_beside(surroundings, SystemClock.now_micros()).await.unwrap()
}

fn about<'a>(findings: &'a [Finding], what: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.about == what).unwrap()
}

#[tokio::test]
async fn the_printed_role_writes_a_whole_copy_and_takes_it_away_again() {
    for version in Version::ALL {
        let Some(mut house) = House::of(version).await else { return };
        let before = house.census();
        let url = made(&house, version, &format!("writer_{}", version.as_str().replace('.', "_"))).await;
        house.acting_as(&url);
        let (id, eve) = (TransferId::from("t1"), House::eve());
        let findings = look(&surroundings(&house, url)).await;
        assert_eq!(about(&findings, "writing").weight, Weight::Good, "{version}: {findings:?}");
        let copied = house.copy(&id, &Luggage::full()).await;
        let written = copied.written.iter().filter(|written| **written == Written::Done).count();
        assert_eq!(written, copied.written.len() - 2, "{version}");
        house.copy(&id, &Luggage::full()).await;
        house.destination.release(&id, &eve).await.unwrap();
        house.destination.remove(&id, &eve).await.unwrap();
        same(&house.census(), &before, version.as_str());
    }
}

#[tokio::test]
async fn one_privilege_less_and_the_check_names_it() {
    let version = Version::V4_7;
    let Some(house) = House::of(version).await else { return };
    let url = made(&house, version, "writer_narrowed").await;
    let surroundings = surroundings(&house, url);
    let script = role::writing_script(version).replace(role::ROLE, "writer_narrowed");
    let mut narrowed = 0;
    for line in script.lines().filter_map(|line| line.strip_prefix("grant ")) {
        let (deeds, place) = line.trim_end_matches(';').split_once(" on ").unwrap();
        let place = place.trim_end_matches(" to writer_narrowed");
        let columns = deeds.split_once('(').map(|(_, columns)| columns.trim_end_matches(')'));
        let lost: Vec<String> = match columns {
            Some(columns) => columns.split(", ").map(|column| format!("update ({column})")).collect(),
            None => deeds.split(", ").map(str::to_owned).collect(),
        };
        for deed in lost {
            house.stage.run(&format!("revoke {deed} on {place} from writer_narrowed")).await;
            let findings = look(&surroundings).await;
            let named =
                format!("{} {}", deed.split(' ').next().unwrap(), place.trim_start_matches("sequence "));
            let found = about(&findings, "writing");
            assert_eq!(found.weight, Weight::Blocks, "{named}");
            assert!(found.cause.ends_with(&format!("the role may not: {named}")), "{named}: {}", found.cause);
            assert!(found.remedy.contains("--writing"));
            assert_eq!(Finding::exit_code(&findings), 11);
            house.stage.run(&format!("grant {deed} on {place} to writer_narrowed")).await;
            narrowed += 1;
        }
    }
    assert!(narrowed > 80, "{narrowed}");
    house.stage.run("alter role writer_narrowed set default_transaction_read_only = on").await;
    assert!(about(&look(&surroundings).await, "writing").cause.contains("read_only is on"));
    house.stage.run("revoke select on bookmarks from writer_narrowed").await;
    assert!(about(&look(&surroundings).await, "permissions").cause.contains("bookmarks"));
}

#[tokio::test]
async fn keys_that_do_not_open_and_another_address_are_findings() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let mut surroundings = surroundings(&house, house.stage.url.clone());
    assert_eq!(about(&look(&surroundings).await, "keys").weight, Weight::Good, "no account has one");
    house
        .stage
        .run(&format!(
            "insert into keypairs (account_id, type, public_key, private_key, created_at, updated_at) \
             values ({EVE}, 0, 'x', '{{\"p\":\"AA==\",\"h\":{{\"iv\":\"AA==\",\"at\":\"AA==\"}}}}', now(), now())"
        ))
        .await;
    let findings = look(&surroundings).await;
    assert!(about(&findings, "keys").remedy.contains("ACTIVE_RECORD_ENCRYPTION"), "{findings:?}");
    surroundings.encryption = ("a".into(), "b".into());
    assert!(about(&look(&surroundings).await, "keys").cause.contains("do not open"));
    surroundings.base = Url::parse("https://elsewhere.example").unwrap();
    let findings = look(&surroundings).await;
    assert_eq!(about(&findings, "server address").weight, Weight::Blocks);
    surroundings.files = Files::Directory("/nowhere/at/all".into());
    assert_eq!(about(&look(&surroundings).await, "media directory").weight, Weight::Warns);
}

#[tokio::test]
async fn a_real_redis_forgets_what_changed_and_is_told_what_to_look_at_again() {
    let Some(redis) = Redis::start_or_skip() else { return };
    let Some(mut house) = House::of(Version::V4_6).await else { return };
    let mut surroundings = surroundings(&house, house.stage.url.clone());
    surroundings.redis = redis.address();
    assert_eq!(about(&look(&surroundings).await, "redis").weight, Weight::Good);
    let (id, eve) = (TransferId::from("t1"), House::eve());
    house.telling(Caches::at(&redis.address()).unwrap());
    let copied = house.copy(&id, &Luggage::full()).await;
    assert!(redis.say("DBSIZE") == [":0"], "nothing is told while it is on trial");
    let post = copied.prepared[0].reservation.local_id.to_string();
    let kept = ["cache:somebody:elses".to_owned(), "queue:default".to_owned()];
    let gone = [
        format!("cache:accounts/show:accounts/{EVE}"),
        format!("cache:v3:statuses/{post}"),
        format!("cache:statuses/show:v3:statuses/{post}"),
        format!("cache:filters:v3:{EVE}"),
    ];
    for key in kept.iter().chain(&gone) {
        redis.say(&format!("SET {key} x"));
    }
    house.destination.release(&id, &eve).await.unwrap();
    for key in &gone {
        assert_eq!(redis.say(&format!("EXISTS {key}")), [":0"], "{key}");
    }
    for key in &kept {
        assert_eq!(redis.say(&format!("EXISTS {key}")), [":1"], "{key}");
    }
    assert!(redis.members("chewy:queue:StatusesIndex").contains(&post));
    assert!(redis.members("chewy:queue:PublicStatusesIndex").contains(&post));
    assert_eq!(redis.members("chewy:queue:AccountsIndex"), [EVE.to_string()]);
    assert_eq!(redis.say("LLEN queue:push"), [":0"], "no job was made");
    drop(redis);
    surroundings.redis = "unix:///nowhere/at/all".into();
    assert_eq!(about(&look(&surroundings).await, "redis").weight, Weight::Warns);
    // Nothing waits for it: without it the server forgets by itself.
    house.destination.remove(&id, &eve).await.unwrap();
}
