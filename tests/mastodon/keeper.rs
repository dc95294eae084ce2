//! The keeper on a real socket: who may ask, what may be asked, and that what it signs is signed.

use std::{os::unix::fs::MetadataExt, path::Path, sync::Arc};

use aws_lc_rs::{encoding::AsDer, rsa, signature};
use base64::{Engine, engine::general_purpose::STANDARD};
use godwit::{
    adapters::{
        KeeperOwn, Surroundings, keep_beside,
        mastodon_database::{
            Caches, Files, MastodonAccounts, Place,
            keeper::{Answer, Keeper, Order},
            role,
            schema::Version,
        },
    },
    app::keeper::sign,
    port::{clock::SystemClock, error::AdapterError, host::Host},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};
use url::Url;

use crate::{
    destination::house::{EVE, House},
    redis::Redis,
};

/// The number of whoever runs the tests.
fn own_number() -> u32 {
    std::fs::metadata("/proc/self").unwrap().uid()
}

/// Starts a keeper that serves one user.
fn started(house: &House, database: &str, redis: &str, socket: &Path, user: u32) -> JoinHandle<()> {
    let surroundings = Surroundings {
        kind: "mastodon_database".into(),
        database: database.to_owned(),
        base: Url::parse("https://new.example").unwrap(),
        handle_domain: "new.example".into(),
        files: Files::Directory(house.media.clone()),
        media_url: Url::parse("https://new.example/system/").unwrap(),
        redis: redis.to_owned(),
        takes_copies: true,
        encryption: <(String, String)>::default(),
        client: <(String, String)>::default(),
    };
    let listener = UnixListener::bind(socket).unwrap();
    let own = KeeperOwn { clock: Arc::new(SystemClock), sign: sign(), users: vec![user] };
    tokio::spawn(async move { drop(keep_beside(&surroundings, own, listener).await) })
}

/// A key as a PEM document, and the public half of it.
fn key() -> (String, Vec<u8>) {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let public = signature::KeyPair::public_key(&pair).as_ref().to_vec();
    (pem, public)
}

fn moved(actor: &str) -> String {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}#move-1"), "type": "Move",
        "actor": actor, "object": actor, "target": "https://far.example/users/eve",
    })
    .to_string()
}

#[tokio::test]
async fn the_keeper_signs_an_accounts_own_move_and_nothing_else_and_the_daemon_sees_no_key() {
    for version in [Version::V4_2, Version::V4_6, Version::V4_7] {
        let Some(house) = House::of(version).await else { return };
        let (pem, public) = key();
        house.stage.run(&format!("update accounts set private_key = '{pem}' where id = {EVE}")).await;
        // Its own role reads keys and next to nothing besides.
        let name = format!("keeper_{}", version.as_str().replace('.', "_"));
        house.stage.run(&role::signing_script(version).replace(role::KEEPER, &name)).await;
        let database = house.stage.url.replace("godwit@", &format!("{name}@"));
        let socket = house.media.join("keeper");
        let keeping = started(&house, &database, "", &socket, own_number());
        let place = Place {
            web: Url::parse("https://new.example").unwrap(),
            domain: "new.example".into(),
            media_url: Url::parse("https://new.example/system/").unwrap(),
            files: Files::Directory(house.media.clone()),
        };
        let keeper = Keeper::at(&format!("keeper://{}", socket.display()));
        let host = MastodonAccounts::new(house.stage.database.clone(), place);
        let host = host.changing(Arc::new(SystemClock), None, None).kept_by(keeper);
        assert!(host.signer(&House::eve()).await.is_err(), "no key is handed out");
        let actor = host.account(&House::eve()).await.unwrap().unwrap().actor.to_string();
        let inbox = Url::parse("https://far.example/inbox").unwrap();
        let activity = moved(&actor);
        let headers = host.sign_delivery(&House::eve(), &inbox, &activity).await.unwrap().unwrap();
        let header = |name: &str| headers.iter().find(|(one, _)| one == name).unwrap().1.clone();
        let covered = format!(
            "(request-target): post /inbox\nhost: far.example\ndate: {}\ndigest: {}\ncontent-type: application/activity+json",
            header("date"),
            header("digest")
        );
        let stated = header("signature");
        assert!(stated.contains(&format!("keyId=\"{actor}#main-key\"")), "{version}: {stated}");
        let made = stated.split("signature=\"").nth(1).unwrap().trim_end_matches('"');
        let verifier = signature::UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, public);
        verifier.verify(covered.as_bytes(), &STANDARD.decode(made).unwrap()).unwrap();
        for other in [
            moved("https://new.example/users/frank"),
            activity.replace("Move", "Delete"),
            json!({"id": actor, "type": "Create", "actor": actor, "object": "x"}).to_string(),
        ] {
            let refused = host.sign_delivery(&House::eve(), &inbox, &other).await;
            assert!(matches!(refused, Err(AdapterError::Fatal { .. })), "{other}");
        }
        keeping.abort();
    }
}

#[tokio::test]
async fn other_users_get_no_answer_and_words_that_are_not_in_the_list_do_nothing() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let Some(redis) = Redis::start_or_skip() else { return };
    let (others, own) = (house.media.join("others"), house.media.join("own"));
    let keeping = [
        started(&house, &house.stage.url, &redis.address(), &others, own_number() + 1),
        started(&house, &house.stage.url, &redis.address(), &own, own_number()),
    ];
    let at = |socket: &Path| format!("keeper://{}", socket.display());
    let stranger = Keeper::at(&at(&others)).unwrap();
    let refused = stranger.ask(&Order::Ready {}).await.unwrap_err();
    assert!(refused.to_string().contains("other users"), "{refused}");
    let keeper = Keeper::at(&at(&own)).unwrap();
    assert_eq!(keeper.ask(&Order::Ready {}).await.unwrap(), Answer::Done {});

    let gone = format!("cache:accounts/show:accounts/{EVE}");
    for key in [gone.as_str(), "queue:push", "cache:other"] {
        redis.say(&format!("SET {key} x"));
    }
    let caches = Caches::at(&at(&own)).unwrap();
    caches.answers().await.unwrap();
    caches.forget(EVE, &[1, 2]).await.unwrap();
    assert_eq!(redis.say(&format!("EXISTS {gone} queue:push cache:other")), [":2"]);
    for line in [
        "{\"order\":\"flushall\"}\n",
        "FLUSHALL\r\n",
        "{\"order\":\"forget\",\"account\":1,\"statuses\":[],\"x\":1}\n",
    ] {
        let mut stream = UnixStream::connect(&own).await.unwrap();
        stream.write_all(line.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(matches!(serde_json::from_str(&answer).unwrap(), Answer::Refused { is_for_now: false, .. }));
    }
    assert_eq!(redis.say(&format!("EXISTS {gone} queue:push cache:other")), [":2"]);
    let refused = Caches::at(&at(&others)).unwrap().forget(EVE, &[]).await;
    assert!(refused.is_err());
    keeping.iter().for_each(JoinHandle::abort);
    // One that is away is asked again later.
    std::fs::remove_file(&own).unwrap();
    assert!(matches!(keeper.ask(&Order::Ready {}).await, Err(AdapterError::Busy { .. })));
}

#[tokio::test]
async fn the_command_keeps_for_the_user_it_is_told_of() {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };
    let Some(house) = House::of(Version::V4_7).await else { return };
    let (config, socket) = (house.media.join("keeper.toml"), house.media.join("keeper"));
    let text = format!(
        "[server]\nbase_url = \"https://new.example\"\ndata_dir = \"{}\"\n\n[home]\nkind = \"mastodon_database\"\n\
         server_database = \"{}\"\n",
        house.media.display(),
        house.stage.url
    );
    std::fs::write(&config, text).unwrap();
    // One that died left its socket behind.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_godwit"))
        .arg("keeper")
        .arg("--config")
        .arg(&config)
        .arg("--socket")
        .arg(&socket)
        .args(["--user", &own_number().to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
    let ready = Keeper::at(&format!("keeper://{}", socket.display())).unwrap().ask(&Order::Ready {}).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.starts_with("keeping "), "{said}");
    assert_eq!(ready.unwrap(), Answer::Done {});
}
