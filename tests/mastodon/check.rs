//! What `godwit check` finds beside a server: roles that may too little or too much, tables, files, Redis.

use std::{
    io::{Read, Write},
    net::TcpListener,
};

use godwit::{
    adapters::{
        Rights, Surroundings, look_beside,
        mastodon_database::{Database, Files, role, schema::Version},
        role_beside,
    },
    model::finding::{Finding, Weight},
    port::clock::{Clock, SystemClock},
};
use sqlx::AssertSqlSafe;
use url::Url;

use crate::home::Home;

pub fn surroundings(home: &Home, database: String) -> Surroundings {
    Surroundings {
        kind: "mastodon_database".into(),
        database,
        base: home.place.web.clone(),
        handle_domain: home.place.domain.clone(),
        files: home.place.files.clone(),
        media_url: home.place.media_url.clone(),
        redis: String::new(),
        takes_copies: false,
        encryption: <(String, String)>::default(),
        client: <(String, String)>::default(),
    }
}

pub async fn look(surroundings: &Surroundings) -> Vec<Finding> {
    look_beside(surroundings, SystemClock.now_micros()).await.unwrap()
}

pub fn weight(findings: &[Finding], about: &str) -> Weight {
    findings.iter().find(|finding| finding.about == about).unwrap().weight
}

async fn home(version: Version) -> Option<Home> {
    Home::at(version, Url::parse("https://social.example").unwrap()).await
}

#[tokio::test]
async fn the_printed_role_reads_everything_and_sees_no_secret() {
    for version in Version::ALL {
        let Some(home) = home(version).await else { return };
        let whole = surroundings(&home, home.stage.url.clone());
        let findings = look(&whole).await;
        assert_eq!(weight(&findings, "database"), Weight::Good, "{findings:?}");
        assert_eq!(weight(&findings, "least privilege"), Weight::Warns, "it is the owner");
        let script = role_beside(&whole, Rights::Reading).await.unwrap();
        // One role serves all databases of a cluster: here each has one of its own name.
        let name = format!("reader_{}", version.as_str().replace('.', "_"));
        home.stage.run(&script.replace(role::ROLE, &name)).await;
        let narrow = surroundings(&home, home.stage.url.replace("godwit@", &format!("{name}@")));
        let findings = look(&narrow).await;
        assert_eq!(Finding::exit_code(&findings), 0, "{findings:?}");
        for about in ["database", "permissions", "least privilege", "clock", "media directory"] {
            assert_eq!(weight(&findings, about), Weight::Good, "{version} {about}: {findings:?}");
        }
        let database = Database::at(&narrow.database).unwrap();
        let (mut connection, _) = database.connection().await.unwrap();
        for refused in [
            "select private_key from accounts",
            "select encrypted_password from users",
            "select email from users",
            "delete from tags",
        ] {
            let outcome = sqlx::query(AssertSqlSafe(refused.to_owned())).execute(&mut *connection).await;
            assert!(outcome.is_err(), "{version} {refused}");
        }
        let place = home.place.clone();
        let ann = "101".into();
        let source = godwit::adapters::mastodon_database::MastodonSource::open(
            database,
            place.clone(),
            place.web,
            &ann,
            true,
        );
        let source = source.await.unwrap();
        for kind in godwit::model::collection::CollectionKind::ALL {
            use godwit::port::source::Source;
            assert!(source.page(kind, None, 10).await.is_ok(), "{version} {}", kind.as_str());
        }
    }
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_with_what_to_do() {
    let Some(home) = home(Version::V4_5).await else { return };
    let mut wrong = surroundings(&home, home.stage.url.clone());
    wrong.files = Files::Directory("/nowhere/at/all".into());
    wrong.redis = "redis://127.0.0.1:1/0".into();
    let findings = look(&wrong).await;
    for about in ["files", "media directory", "redis"] {
        assert_eq!(weight(&findings, about), Weight::Warns, "{findings:?}");
    }
    assert!(findings.iter().all(|found| found.weight == Weight::Good || !found.remedy.is_empty()));
    home.stage.run("alter table polls drop column multiple").await;
    let findings = look(&wrong).await;
    assert_eq!(Finding::exit_code(&findings), 11);
    assert!(findings[0].cause.contains("polls.multiple is missing"), "{findings:?}");
    wrong.kind = "other".into();
    assert!(look_beside(&wrong, 0).await.unwrap_err().to_string().contains("home.kind"));
}

#[tokio::test]
async fn a_redis_that_answers_is_good() {
    let Some(home) = home(Version::V4_7).await else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut said = String::new();
        for answer in ["+OK\r\n", "+PONG\r\n"] {
            let mut heard = [0; 200];
            let read = stream.read(&mut heard).unwrap();
            said.push_str(&String::from_utf8_lossy(&heard[..read]));
            stream.write_all(answer.as_bytes()).unwrap();
        }
        said
    });
    let mut surroundings = surroundings(&home, home.stage.url.clone());
    surroundings.redis = format!("redis://:secret@127.0.0.1:{port}/0");
    let findings = look(&surroundings).await;
    assert_eq!(weight(&findings, "redis"), Weight::Good, "{findings:?}");
    assert_eq!(answering.join().unwrap(), "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*1\r\n$4\r\nPING\r\n");
}
