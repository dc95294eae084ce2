//! A small server with people and posts of every kind, asked over HTTP.

use actix_web::{
    App as Actix,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::{StatusCode, header},
    test,
    web::Data,
};
use serde_json::Value;

use crate::{
    app::App,
    config::Config,
    http::extract::cookie_name,
    model::{
        media::Attachment,
        object::{Object, Tag, TagKind, Visibility},
    },
    site::{
        accounts::{Account, Role},
        posts::Draft,
    },
    store::{boosts, media, pointers, posts},
};

mod documents;
mod forms;
mod held;
mod seen;

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
const ACTIVITY: &str = "application/activity+json";
const PASSWORD: &str = "a long password";
/// Words that only things hidden from strangers contain.
const HIDDEN: [&str; 4] = ["wordfollowers", "worddirect", "wordtrial", "secretboost"];

struct House {
    app: Data<App>,
    ann: Account,
    first: Object,
    _dir: tempfile::TempDir,
}

/// A server with ann, who wrote a post of each visibility and has one copy on trial, all answering
/// her first post and all about #birds; bob and an admin live there too.
async fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = dir.path().to_owned();
    let app = Data::new(App::open(config).await.unwrap());
    let ann = app.site.create_account("ann", PASSWORD, Role::Member).await.unwrap();
    app.site.create_account("bob", PASSWORD, Role::Member).await.unwrap();
    app.site.create_account("root", PASSWORD, Role::Admin).await.unwrap();
    let write = async |text: &str, visibility: Visibility, parent: Option<&Object>| {
        let draft = Draft {
            text: text.to_owned(),
            visibility,
            warning: String::new(),
            in_reply_to: parent.map(|object| object.id.clone()),
        };
        app.site.write_post(&ann, draft).await.unwrap()
    };
    let first = write("the first", Visibility::Public, None).await;
    for visibility in Visibility::ALL {
        write(&format!("word{} about #birds", visibility.as_str()), visibility, Some(&first)).await;
    }
    trial_copy(&app, &ann, &first).await;
    House { app, ann, first, _dir: dir }
}

/// A public post, a boost and a like that came with a transfer and are not kept yet.
async fn trial_copy(app: &App, ann: &Account, parent: &Object) {
    let id = app.clock.id();
    let (account_id, transfer_id) = (ann.id.as_str().to_owned(), Some("transfer".to_owned()));
    let hashtag = Tag { kind: TagKind::Hashtag, name: "#birds".into(), href: None };
    let file = app.site.urls.media("trialfile", "a.png");
    let attachment = Attachment {
        url: file.to_string(),
        media_type: "image/png".into(),
        alt: Some("a bird".into()),
        blurhash: None,
        focal_point: None,
        width: None,
        height: None,
    };
    let object = Object {
        id: app.site.urls.post("ann", &id),
        url: Some(app.site.urls.post_page("ann", &id)),
        content: "<p>wordtrial <script>alert(1)</script></p>".into(),
        in_reply_to: Some(parent.id.clone()),
        tags: vec![hashtag],
        attachments: vec![attachment],
        ..parent.clone()
    };
    let post = posts::NewPost {
        id: id.clone(),
        account_id: account_id.clone(),
        object: serde_json::to_string(&object).unwrap(),
        visibility: "public".into(),
        published_at: object.published.micros(),
        in_reply_to: Some(parent.id.to_string()),
        transfer_id: transfer_id.clone(),
        is_trial: true,
        tags: vec!["birds".into()],
    };
    let boost = boosts::BoostRow {
        id: app.clock.id(),
        account_id: account_id.clone(),
        object_url: "https://b.example/secretboost".into(),
        visibility: "public".into(),
        published: "2024-01-01T00:00:00Z".into(),
        previously: "[]".into(),
        transfer_id: transfer_id.clone(),
        is_trial: true,
        hides_origin: false,
    };
    let like = pointers::PointerRow {
        id: app.clock.id(),
        account_id: account_id.clone(),
        kind: "likes".into(),
        object_url: "https://b.example/secretlike".into(),
        published: None,
        transfer_id: transfer_id.clone(),
        is_trial: true,
    };
    let row = |id: &str, post_id: Option<String>, media_type: &str, is_trial: bool| media::NewMedia {
        id: id.to_owned(),
        account_id: account_id.clone(),
        post_id,
        sha256: "ab12".into(),
        bytes: 9,
        media_type: media_type.to_owned(),
        file_name: "a.png".into(),
        transfer_id: transfer_id.clone(),
        is_trial,
    };
    let open = parent.id.path_segments().unwrap().next_back().unwrap().to_owned();
    let files = [
        row("trialfile", Some(id), "image/png", true),
        row("openfile", Some(open.clone()), "image/png", false),
        row("pagefile", Some(open), "text/html", false),
        row("lonefile", None, "image/png", false),
    ];
    let path = app.blobs.path("ab12");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, b"nine byte").unwrap();
    app.store
        .write(move |c| {
            Box::pin(async move {
                posts::insert_in(c, post).await?;
                boosts::insert_in(c, boost).await?;
                pointers::insert_in(c, like).await?;
                for file in files {
                    media::insert_in(c, file).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl House {
    async fn get(&self, path: &str, accept: &str, who: Option<&str>) -> Answer {
        self.ask(test::TestRequest::get().uri(path).insert_header((header::ACCEPT, accept)), who).await
    }

    async fn ask(&self, mut request: test::TestRequest, who: Option<&str>) -> Answer {
        if let Some(name) = who {
            let token = self.app.site.sign_in(name, PASSWORD).await.unwrap().unwrap();
            request = request.cookie(actix_web::cookie::Cookie::new(cookie_name(&self.app), token));
        }
        let service = test::init_service(
            Actix::new().app_data(self.app.clone()).configure(crate::http::site::configure),
        )
        .await;
        answered(service.call(request.to_request()).await.unwrap()).await
    }
}

async fn answered<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = test::read_body(response).await;
    Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}
