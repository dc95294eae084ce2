//! Tar archives that are cut or made to do harm.

use tar::EntryType;

use super::{super::ArchiveLimits, sample::*};

/// The refusal of a sample with one more entry.
fn refused_with(name: &str, kind: EntryType) -> String {
    let tar = Sample::ann().tar(|builder| {
        let mut header = header(name, kind, 0);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("outbox.json").unwrap();
            header.set_cksum();
        }
        builder.append(&header, std::io::empty()).unwrap();
    });
    refusal(&gzip(&tar))
}

#[test]
fn a_cut_tar_gz_is_refused_wherever_it_was_cut() {
    let whole = Sample::ann().tar_gz();
    for kept in [12, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let why = refusal(&whole[..kept]);
        assert!(why.contains("cut off") && why.contains("download it again"), "{kept}: {why}");
    }
}

#[test]
fn a_cut_bare_tar_is_refused() {
    let whole = Sample::ann().tar(|_| {});
    for kept in [600, 512 + 100, 1500] {
        assert!(refusal(&whole[..kept]).contains("cut off"), "{kept}");
    }
}

#[test]
fn a_name_that_climbs_out_is_refused() {
    assert!(refused_with("../evil", EntryType::Regular).contains("outside the archive"));
    assert!(refused_with("a/../../evil", EntryType::Directory).contains("outside the archive"));
}

#[test]
fn an_absolute_name_is_refused() {
    assert!(refused_with("/etc/evil", EntryType::Regular).contains("absolute path"));
}

#[test]
fn a_symbolic_link_is_refused() {
    assert!(refused_with("avatar.jpg", EntryType::Symlink).contains("link or a device"));
}

#[test]
fn a_hard_link_is_refused() {
    assert!(refused_with("avatar.jpg", EntryType::Link).contains("link or a device"));
}

#[test]
fn a_device_or_a_pipe_is_refused() {
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        assert!(refused_with("avatar.jpg", kind).contains("link or a device"));
    }
}

#[test]
fn a_folder_is_nothing_to_worry_about() {
    let tar = Sample::ann().tar(|builder| {
        builder.append(&header("media_attachments/", EntryType::Directory, 0), std::io::empty()).unwrap();
    });
    assert!(bytes_opened(&gzip(&tar), LIMITS).is_ok());
}

#[test]
fn a_file_that_stands_there_twice_is_refused() {
    assert!(refused_with("avatar.png", EntryType::Regular).contains("twice"));
    assert!(refused_with("./avatar.png", EntryType::Regular).contains("twice"));
}

#[test]
fn what_unpacks_to_too_much_is_refused_while_reading() {
    let zeros = vec![0; 6 << 20];
    let why = refusal(&Sample::ann().with("zeros.bin", &zeros).tar_gz());
    assert!(why.contains("unpacks to more than 4194304 bytes"), "{why}");
}

#[test]
fn an_endless_name_is_refused_before_it_fills_the_memory() {
    let name = "x".repeat(2 << 20);
    let tar = Sample::ann().tar(|builder| {
        builder
            .append(&header("././@LongLink", EntryType::GNULongName, name.len()), name.as_bytes())
            .unwrap();
    });
    assert!(refusal(&gzip(&tar)).contains("too long"));
}

#[test]
fn too_many_entries_are_refused() {
    let mut sample = Sample::ann();
    for number in 0..50 {
        sample = sample.with(&format!("{number}.png"), b"");
    }
    assert!(refusal(&sample.tar_gz()).contains("more than 50 files"));
    let exact = ArchiveLimits { entries: sample.0.len(), ..LIMITS };
    assert!(bytes_opened(&sample.tar_gz(), exact).is_ok());
}

#[test]
fn what_is_packed_but_no_tar_is_refused() {
    assert!(refusal(&gzip(&b"nothing of the kind ".repeat(100))).contains("damaged"));
    assert!(refusal(b"GIF89a and more").contains("neither a zip nor a tar.gz"));
    assert!(refusal(b"").contains("empty"));
}
