//! Moves: who follows along, and what must be true before anybody does.

use super::*;

fn moved(target: &str) -> Value {
    json!({"id": format!("{OLD}#moves/1"), "type": "Move", "actor": OLD, "object": OLD, "target": target})
}

#[tokio::test]
async fn followers_follow_a_move_and_nobody_is_notified() {
    let lab = lab().await;
    let eve = account(&lab.site, "eve").await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.follows(&eve, OLD, "accepted").await;
    lab.new_home(&[OLD], None);
    assert_eq!(lab.hear(OLD, &moved(NEW)).await, Received::Done);
    for account in [&lab.bob, &eve] {
        assert_eq!(lab.following(account).await, [(NEW.to_owned(), "asked".to_owned())]);
        assert!(lab.notices(account).await.is_empty());
    }
    assert_eq!(lab.kinds().await, ["Follow", "Follow", "Undo", "Undo"]);
    let post = lab.post().await;
    assert_eq!(post[0].1, format!("{NEW}/inbox"));
    assert_eq!(post[2].1, format!("{OLD}/inbox"));
    assert_eq!(post[2].2["object"]["object"], OLD);
}

#[tokio::test]
async fn a_move_heard_twice_or_on_to_a_third_place_does_nothing_more_for_seven_days() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.new_home(&[OLD], None);
    lab.hear(OLD, &moved(NEW)).await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    let third = "https://third.example/users/ann";
    let mut there = document(third);
    there["alsoKnownAs"] = json!([OLD]);
    lab.remote.serve(third, &there);
    for target in [NEW, third] {
        assert!(matches!(lab.hear(OLD, &moved(target)).await, Received::Ignored(_)));
    }
    assert_eq!(lab.kinds().await, ["Follow", "Undo"]);
    lab.clock.pass_seconds(8 * 24 * 3600);
    assert_eq!(lab.hear(OLD, &moved(third)).await, Received::Done);
    assert!(lab.following(&lab.bob).await.iter().any(|(actor, _)| actor == third));
}

#[tokio::test]
async fn a_move_that_the_new_place_does_not_confirm_moves_nobody() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.new_home(&["https://old.example/users/eve"], None);
    assert!(
        matches!(lab.hear(OLD, &moved(NEW)).await, Received::Ignored(why) if why.contains("does not list"))
    );
    lab.new_home(&[OLD], Some("https://third.example/users/ann"));
    assert!(matches!(lab.hear(OLD, &moved(NEW)).await, Received::Ignored(why) if why.contains("moved away")));
    assert!(matches!(lab.hear(OLD, &moved(OLD)).await, Received::Refused(_)));
    assert!(matches!(lab.hear(OLD, &moved("https://away.example/u")).await, Received::Later(_)));
    assert_eq!(lab.following(&lab.bob).await, [(OLD.to_owned(), "accepted".to_owned())]);
    assert!(lab.post().await.is_empty());
    lab.new_home(&[OLD], None);
    assert_eq!(lab.hear(OLD, &moved(NEW)).await, Received::Done, "an earlier failure is no hindrance");
}

#[tokio::test]
async fn nobody_can_move_somebody_else() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.new_home(&[OLD], None);
    let eve = "https://old.example/users/eve";
    assert!(matches!(lab.hear(eve, &moved(NEW)).await, Received::Refused(_)));
    let mut of_ann = moved(NEW);
    of_ann["actor"] = json!(eve);
    assert!(matches!(lab.hear(eve, &of_ann).await, Received::Refused(_)));
    assert!(lab.post().await.is_empty());
}

#[tokio::test]
async fn a_move_neither_follows_the_blocked_nor_asks_twice_nor_asks_for_what_was_only_noted() {
    let lab = lab().await;
    let (eve, dan) = (account(&lab.site, "eve").await, account(&lab.site, "dan").await);
    lab.blocks(&lab.bob, NEW).await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.follows(&eve, OLD, "accepted").await;
    lab.follows(&eve, NEW, "accepted").await;
    lab.follows(&dan, OLD, "kept").await;
    lab.new_home(&[OLD], None);
    lab.hear(OLD, &moved(NEW)).await;
    assert_eq!(lab.kinds().await, ["Undo", "Undo"]);
    assert!(lab.following(&lab.bob).await.is_empty());
    assert_eq!(lab.following(&eve).await, [(NEW.to_owned(), "accepted".to_owned())]);
    assert_eq!(lab.following(&dan).await, [(NEW.to_owned(), "kept".to_owned())]);
}
