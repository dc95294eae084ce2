//! A certificate holds for an honest copy, and for nothing else; differences wait for the person's word.

use futures::TryStreamExt;
use godwit::{
    model::{
        certificate::Occasion,
        id::TransferId,
        listing::Line,
        transfer::{Origin, TransferState},
    },
    oauth::scope::Scope,
    store::{certificates, listing::Wanted},
    transfer::{
        certificate,
        check::{Findings, check},
        status, trial,
    },
    wire::seal::{Sealed, seal},
};
use serde_json::{Value, json};

use super::{
    invented::Invented,
    inventories::{Liar, Lies, some_post},
    laboratory::Home,
    mirror::Given,
    openings::{Stage, copied},
};

/// Ann's account, copied over HTTP as two strangers' daemons do it.
async fn moved(stage: &Stage) -> TransferId {
    let eve = stage.new.account("eve").await;
    let login = stage.old.consent("ann", &stage.new, Scope::Read).await;
    let id = stage.new.begin(&eve, Origin::Live { actor: login.actor.clone() }, Some(login)).await;
    while stage.new.advance(&stage.new.app.engine, &id).await.state != TransferState::Trial {}
    id
}

async fn paper(home: &Home, id: &TransferId) -> Sealed {
    certificates::last(&home.app.store, id).await.unwrap().unwrap()
}

async fn list(home: &Home, id: &TransferId) -> String {
    let lines = certificate::lines(&home.app.store, id, Wanted::default());
    let batches: Vec<Vec<Line>> = lines.try_collect().await.unwrap();
    batches.iter().flatten().map(Line::json).collect()
}

fn looked_at(paper: &Sealed, list: Option<&str>) -> Findings {
    let text = serde_json::to_string_pretty(paper).unwrap();
    match list {
        Some(list) => check(&text, Some(&mut list.as_bytes())).unwrap(),
        None => check(&text, None).unwrap(),
    }
}

/// The paper with one place changed, signed again by the same server.
fn changed(home: &Home, paper: &Sealed, at: &str, to: Value) -> Sealed {
    let mut statement = paper.statement.clone();
    *statement.pointer_mut(at).unwrap_or_else(|| panic!("{at} is not there")) = to;
    let signer = &home.app.engine.signer;
    seal(statement, &signer.key_id, &signer.private_key_pem).unwrap()
}

#[actix_web::test]
async fn the_certificate_of_an_honest_copy_holds_and_every_digest_comes_out_again() {
    let stage = Stage::set().await;
    let id = moved(&stage).await;
    let (paper, list) = (paper(&stage.new, &id).await, list(&stage.new, &id).await);
    let found = looked_at(&paper, Some(&list));
    assert_eq!(found.wrong, Vec::<String>::new());
    let certificate = found.certificate.unwrap();
    let stated = certificate.kinds.values().filter(|line| line.stated.is_some_and(|said| said.count > 0));
    assert_eq!(found.recomputed.len(), stated.count());
    assert!(found.recomputed.len() >= 8, "{:?}", found.recomputed);
    assert_eq!(found.items, Some(u64::try_from(list.lines().count()).unwrap()));
    assert_ne!(found.issuer.unwrap().fingerprint, found.old_home.unwrap().fingerprint);
    assert_eq!((certificate.occasion, certificate.differences), (Occasion::Trial, 0));
}

#[actix_web::test]
async fn whatever_is_changed_in_a_certificate_is_found() {
    let stage = Stage::set().await;
    let id = moved(&stage).await;
    let (paper, list) = (paper(&stage.new, &id).await, list(&stage.new, &id).await);
    let mut unsigned = paper.clone();
    unsigned.statement["kinds"]["posts"]["here"] = json!(1);
    assert!(looked_at(&unsigned, None).wrong.iter().any(|why| why.contains("signature does not fit")));
    for (at, to, expected) in [
        ("/kinds/posts/here", json!(1), "are not 1 here"),
        ("/kinds/posts/stated/count", json!(1), "not what Old home signed"),
        ("/old_side/statement/statement/kinds/posts/count", json!(1), "Old home's statement: the signature"),
        ("/old_actor", json!("https://third.example/users/bob"), "another account"),
        ("/differences", json!(3), "are not the 3 differences"),
        ("/occasion", json!("kept"), ""),
        ("/issuer", json!("https://third.example/actor"), "not signed with its issuer's key"),
        ("/form", json!(2), "has form 2"),
    ] {
        let wrong = looked_at(&changed(&stage.new, &paper, at, to), Some(&list)).wrong;
        let is_found = wrong.iter().any(|why| why.contains(expected));
        assert_eq!(is_found, !expected.is_empty(), "{at}: {wrong:?}");
    }
    let less: String = list.split_inclusive('\n').skip(1).collect();
    let wrong = looked_at(&paper, Some(&less)).wrong;
    assert!(wrong.iter().any(|why| why.contains("not what Old home signed")), "{wrong:?}");
    assert!(wrong.iter().any(|why| why.contains("not the one the certificate was issued with")), "{wrong:?}");
    assert!(!looked_at(&paper, Some("{}\n")).wrong.is_empty());
    assert!(!check("[]", None).unwrap().wrong.is_empty());
}

#[actix_web::test]
async fn differences_wait_for_the_persons_word_and_it_counts_for_what_was_seen() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let inner = stage.over_http().await;
    let withheld = some_post(&*inner).await;
    let lies = Lies { withheld: Some(withheld), ..Lies::default() };
    let id = copied(&stage.new, &eve, Given(Liar::new(inner, lies))).await;
    let engine = &stage.new.app.engine;
    let transfer = stage.new.transfer(&id).await;
    assert_eq!(status::status(engine, &transfer).await.unwrap().differences.count, 1);
    let refused = trial::keep(engine, &transfer).await.unwrap_err().to_string();
    assert!(refused.contains("One thing differs"), "{refused}");
    assert!(certificate::accept(engine, &transfer, 0).await.is_err(), "nobody accepts what they did not see");
    assert!(certificate::accept(engine, &transfer, 2).await.is_err());
    assert!(trial::keep(engine, &transfer).await.is_err());
    certificate::accept(engine, &transfer, 1).await.unwrap();
    trial::keep(engine, &transfer).await.unwrap();
    assert_eq!(stage.new.advance(engine, &id).await.state, TransferState::Kept);
    let kept = looked_at(&paper(&stage.new, &id).await, None).certificate.unwrap();
    assert_eq!((kept.occasion, kept.differences, kept.accepted), (Occasion::Kept, 1, 1));
}

#[actix_web::test]
async fn a_copy_from_a_file_says_whose_word_its_numbers_are() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let id = copied(&stage.new, &eve, Invented::dora()).await;
    let found = looked_at(&paper(&stage.new, &id).await, Some(&list(&stage.new, &id).await));
    assert_eq!(found.wrong, Vec::<String>::new());
    assert!(found.alone.unwrap().contains("a file"));
    assert!(found.old_home.is_none() && found.recomputed.is_empty());
}
