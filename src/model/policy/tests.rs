//! No request is accepted that any rule forbids; the rules are asked here one by one, in other words than the
//! code's.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::collection::CollectionKind;

const HERE: &str = "new.example";

fn server() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a.example", "b.example", "sub.b.example", "c.example"]).prop_map(str::to_owned)
}

fn servers() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set(server(), 0..3)
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::Word(RuleWord::Nobody)),
        Just(Rule::Word(RuleWord::Anyone)),
        Just(Rule::Word(RuleWord::Invited)),
        prop::collection::vec(server(), 0..3).prop_map(Rule::Hosts),
        prop::collection::vec(server(), 0..3).prop_map(|except| Rule::Except { except }),
        server().prop_map(|host| Rule::Account { account: format!("@ann@{host}") }),
    ]
}

fn kinds() -> impl Strategy<Value = BTreeSet<CollectionKind>> {
    prop::collection::btree_set(prop::sample::select(CollectionKind::ALL.to_vec()), 0..4)
}

fn small() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(0_u64..20)
}

prop_compose! {
    fn limits()(
        numbers in [small(), small(), small(), small(), small(), small()],
        kinds in prop::option::of(kinds()),
    ) -> Limits {
        let [posts, media_bytes, largest_file_bytes, accounts_per_day, accounts_total, free] = numbers;
        let free_disk_bytes = free.map(|n| n << 13);
        Limits { posts, media_bytes, largest_file_bytes, kinds, accounts_per_day, accounts_total, free_disk_bytes }
    }
}

prop_compose! {
    fn rules()(
        who in rule(),
        blocked in servers(),
        invited in prop::collection::btree_set(server().prop_map(|host| format!("@ann@{host}")), 0..2),
        exception in prop::option::of((server(), prop::sample::select(vec!["", "a friend"]))),
        approval in (any::<bool>(), any::<bool>(), small(), small()),
        cool_down_days in 0_u32..3,
        limits in limits(),
    ) -> Arrivals {
        let exceptions = exception.into_iter()
            .map(|(who, reason)| Exception { who, reason: reason.to_owned() }).collect();
        let (always, new_servers, above_posts, above_media_bytes) = approval;
        let approval = Approval { always, new_servers, above_posts, above_media_bytes };
        Arrivals { who, terms: Terms { blocked, exceptions, invited, cool_down_days, approval, limits } }
    }
}

prop_compose! {
    fn request()(
        host in server(), posts in small(), media_bytes in small(), kinds in kinds(),
        is_known_server in any::<bool>(), is_archive in any::<bool>(),
    ) -> Request {
        let actor = url::Url::parse(&format!("https://{host}/users/ann")).unwrap();
        Request {
            who: Applicant::of_actor(&actor),
            size: Size { posts, media_bytes, kinds },
            is_known_server,
            is_archive,
        }
    }
}

prop_compose! {
    fn room()(
        today in 0_u64..10, accounts in 0_u64..30, free in prop::option::of(0_u64..1 << 20),
        promised_bytes in 0_u64..1 << 16, last in prop::option::of(0_i64..5),
    ) -> Room {
        let day = 86_400_000_000;
        Room { today, accounts, free_bytes: free, promised_bytes, last_move_at: last.map(|n| n * day), now: 4 * day }
    }
}

/// Whether a host is `listed` or below it.
fn below(host: &str, listed: &str) -> bool {
    host == listed || host.ends_with(&format!(".{listed}"))
}

/// Every rule on its own: which of them say no.
fn forbidden(rules: &Arrivals, request: &Request, room: &Room) -> Vec<&'static str> {
    let (terms, limits, size) = (&rules.terms, &rules.terms.limits, &request.size);
    let host = request.who.servers.first().unwrap().as_str();
    let mut no = Vec::new();
    let may = match &rules.who {
        Rule::Word(RuleWord::Nobody) => false,
        Rule::Word(RuleWord::Anyone) => true,
        Rule::Word(RuleWord::Invited) => terms.invited.contains(&format!("@ann@{host}")),
        Rule::Hosts(hosts) => hosts.iter().any(|one| one == host),
        Rule::Except { except } => !except.iter().any(|one| below(host, one)),
        Rule::Account { account } => *account == format!("@ann@{host}"),
    };
    let is_blocked = terms.blocked.iter().any(|one| below(host, one));
    let is_excepted = terms.exceptions.iter().any(|one| one.who == host && !one.reason.is_empty());
    let needed = size.media_bytes.or(limits.media_bytes).unwrap_or(0) * 2
        + size.posts.or(limits.posts).unwrap_or(0) * 8192;
    let day = 86_400_000_000;
    for (is_no, name) in [
        (!may, "who"),
        (is_blocked && !is_excepted, "blocked"),
        (limits.posts.is_some_and(|most| size.posts.is_some_and(|n| n > most)), "posts"),
        (limits.media_bytes.is_some_and(|most| size.media_bytes.is_some_and(|n| n > most)), "media"),
        (limits.accounts_per_day.is_some_and(|most| room.today + 1 > most), "today"),
        (limits.accounts_total.is_some_and(|most| room.accounts > most), "accounts"),
        (
            limits.free_disk_bytes.is_some_and(|keep| {
                room.free_bytes.is_some_and(|free| keep + room.promised_bytes + needed > free || free <= keep)
            }) && (needed > 0 || room.free_bytes <= limits.free_disk_bytes),
            "disk",
        ),
        (
            room.last_move_at.is_some_and(|at| room.now < at + i64::from(terms.cool_down_days) * day),
            "cool-down",
        ),
    ] {
        if is_no {
            no.push(name);
        }
    }
    no
}

proptest! {
    #[test]
    fn no_request_is_accepted_that_any_rule_forbids(rules in rules(), request in request(), room in room()) {
        let verdict = rules.judge(&request, &room);
        let no = forbidden(&rules, &request, &room);
        prop_assert_eq!(verdict.may_come(), no.is_empty(), "{:?} and {:?}", verdict.broken, no);
        if let Some(kinds) = &rules.terms.limits.kinds {
            let comes: BTreeSet<_> = request.size.kinds.difference(&verdict.without).copied().collect();
            prop_assert!(comes.is_subset(kinds));
        }
        for broken in &verdict.broken {
            let said = broken.sentence(&rules, HERE, "b.example");
            prop_assert!(said.ends_with(['.', ')']) && said.len() > 30, "{}", said);
        }
    }

    #[test]
    fn whoever_must_be_looked_at_never_begins_by_themselves(rules in rules(), request in request()) {
        let verdict = rules.judge(&request, &Room::default());
        let (approval, size) = (&rules.terms.approval, &request.size);
        let above = |value: Option<u64>, most: Option<u64>| {
            most.is_some_and(|most| value.is_none_or(|value| value > most))
        };
        let must = approval.always
            || approval.new_servers && !request.is_known_server
            || above(size.posts, approval.above_posts)
            || above(size.media_bytes, approval.above_media_bytes);
        prop_assert_eq!(must, !verdict.needs.is_empty());
    }

    #[test]
    fn whom_the_door_sends_away_no_later_rule_lets_in(rules in rules(), request in request(), room in room()) {
        if rules.turns_away(&request.who).is_some() {
            prop_assert!(!rules.judge(&request, &room).may_come());
        }
    }

    #[test]
    fn a_policy_reads_back_as_it_was_written(rules in rules()) {
        let policy = Policy { arrivals: rules, departures: Departures::default() };
        let text = serde_json::to_string(&policy).unwrap();
        prop_assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy.clone());
        prop_assert!(policy.sentences().iter().all(|said| said.ends_with('.')));
    }

    #[test]
    fn what_another_policy_would_have_said_adds_up(rules in rules(), all in prop::collection::vec(request(), 0..12)) {
        let past: Vec<Past> = all.into_iter().zip(0_i64..).map(|(request, at)| Past {
            id: String::new(), at, request, outcome: "refused".to_owned(), accounts: 1,
        }).collect();
        let said = replay(&rules, &past);
        prop_assert_eq!(said.requests, said.begin + said.wait + said.refused);
        if let Some(most) = rules.terms.limits.accounts_per_day {
            prop_assert!(said.begin + said.wait <= most);
        }
    }
}

#[test]
fn who_wrote_nothing_is_closed() {
    let who = Applicant::of_server("old.example");
    assert_eq!(Arrivals::default().turns_away(&who), Some(Broken::Who));
    let said = Broken::Who.sentence(&Arrivals::default(), HERE, "old.example");
    assert!(said.contains("nobody"), "{said}");
    assert!(matches!(
        Departures::default().decide(HERE, "old.example", None),
        Decision::Refused(why) if why.contains("nobody")
    ));
}

#[test]
fn a_list_of_servers_names_itself_when_it_refuses() {
    let rules = Departures { who: Rule::Hosts(vec!["old.example".into()]), ..Departures::default() };
    assert_eq!(rules.decide("here", "OLD.example", None), Decision::Allowed);
    let refused = rules.decide("here", "other.example", None);
    assert!(matches!(refused, Decision::Refused(why) if why.contains("other.example")));
}

#[test]
fn a_block_is_lifted_only_with_a_reason() {
    let mut rules = Arrivals { who: Rule::Word(RuleWord::Anyone), ..Arrivals::default() };
    rules.terms.blocked.insert("old.example".into());
    let ann = Applicant::of_actor(&url::Url::parse("https://old.example/users/Ann").unwrap());
    let blocked = Some(Broken::Blocked("old.example".into()));
    assert_eq!(rules.turns_away(&ann), blocked);
    rules.terms.exceptions.push(Exception { who: "@ann@old.example".into(), reason: " ".into() });
    assert_eq!(rules.turns_away(&ann), blocked);
    rules.terms.exceptions.push(Exception { who: "ann@old.example".into(), reason: "she fled".into() });
    assert_eq!(rules.turns_away(&ann), None);
    assert!(rules.turns_away(&Applicant::of_server("www.old.example")).is_some());
}

#[test]
fn presets_keep_the_lists_an_admin_made() {
    let mut now = Policy::default();
    now.arrivals.terms.blocked.insert("bad.example".into());
    for preset in Preset::ALL {
        let policy = preset.policy(&now);
        assert!(policy.arrivals.terms.blocked.contains("bad.example"), "{}", preset.as_str());
        assert_eq!(Preset::from_word(preset.as_str()), Some(preset));
    }
    let closing = Preset::Closing.policy(&now);
    assert!(closing.departures.terms.sanctioned_may_leave);
    assert_eq!(closing.departures.decide(HERE, "far.example", None), Decision::Allowed);
}
