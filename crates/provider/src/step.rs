//! What is to be done next so that a copy stands as ordered: a pure function from how it stands now. Doing it again
//! from any point ends in the same place, so a crash between two steps needs no repair.

use verdict::{Action, Flag, FolderId, FolderRole, Place};

use crate::Error;
use crate::layout::Layout;

/// One thing to ask of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It stands as ordered.
    Done,
    Move(FolderId),
    Set(Change),
}

/// Fields of a message to be set; the others stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) read: Option<bool>,
    pub(crate) flag: Option<Flag>,
    pub(crate) categories: Option<Vec<String>>,
}

/// What this call has done to the copy so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) moved: bool,
    /// A field was set before the move, and after it; what the provider does not keep is not set for ever.
    pub(crate) set_before_move: bool,
    pub(crate) set_after_move: bool,
    /// The folder to restore to is gone.
    pub(crate) folder_lost: bool,
}

impl Memory {
    pub(crate) fn acted(self) -> bool {
        self.moved || self.set_before_move || self.set_after_move
    }
}

impl Change {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The next step of `action` on a copy that stands as `now`.
pub(crate) fn next(
    action: &Action,
    before: Option<&Place>,
    now: &Place,
    layout: &Layout,
    memory: Memory,
) -> Result<Step, Error> {
    match action {
        Action::Deliver => Ok(Step::Done),
        Action::Quarantine if now.quarantined => Ok(Step::Done),
        Action::Quarantine => {
            let ours = layout.quarantine.clone();
            ours.map(Step::Move).ok_or_else(|| Error::gone("the quarantine folder"))
        }
        Action::Junk if now.role == FolderRole::Junk => Ok(Step::Done),
        Action::Junk => well_known(layout, FolderRole::Junk).map(Step::Move),
        Action::Mark(_) | Action::Unmark(_) if memory.acted() => Ok(Step::Done),
        Action::Mark(mark) => Ok(mark_step(now, mark)),
        Action::Unmark(mark) => Ok(unmark_step(before, now, mark)),
        Action::Restore => {
            let before = before.ok_or_else(|| {
                Error::Misused("restoring needs the place from before, from the audit record".into())
            })?;
            restore_step(before, now, layout, memory)
        }
    }
}

fn mark_step(now: &Place, mark: &str) -> Step {
    if has(now, mark) {
        return Step::Done;
    }
    set_categories(now.categories.iter().cloned().chain([mark.to_owned()]).collect())
}

/// A mark that was there before us is the person's own.
fn unmark_step(before: Option<&Place>, now: &Place, mark: &str) -> Step {
    let was_there = before.is_some_and(|before| has(before, mark));
    if was_there || !has(now, mark) {
        return Step::Done;
    }
    set_categories(now.categories.iter().filter(|name| !name.eq_ignore_ascii_case(mark)).cloned().collect())
}

fn set_categories(categories: Vec<String>) -> Step {
    Step::Set(Change { categories: Some(categories), ..Change::default() })
}

/// Providers compare the names of categories without case.
fn has(place: &Place, mark: &str) -> bool {
    place.categories.iter().any(|name| name.eq_ignore_ascii_case(mark))
}

/// Takes a copy back from where we put it (quarantine or junk). One that lies anywhere else was taken out by the
/// person or by an earlier call: then it is theirs, and only what our own move just changed is set right. The fields
/// are set before the move, so that the move is the last step and finishing it once is finishing it.
fn restore_step(before: &Place, now: &Place, layout: &Layout, memory: Memory) -> Result<Step, Error> {
    let home = match memory.folder_lost || before.quarantined {
        true => well_known(layout, FolderRole::Inbox)?,
        false => before.folder.clone(),
    };
    let ours = now.quarantined || (now.role == FolderRole::Junk && before.role != FolderRole::Junk);
    let change = difference(before, now);
    Ok(match ours && now.folder != home {
        true if !change.is_empty() && !memory.set_before_move => Step::Set(change),
        true => Step::Move(home),
        false if memory.moved && !change.is_empty() && !memory.set_after_move => Step::Set(change),
        false => Step::Done,
    })
}

/// What must be set on `now` to make it stand as `before`.
fn difference(before: &Place, now: &Place) -> Change {
    let categories_differ = sorted(&before.categories) != sorted(&now.categories);
    Change {
        read: (before.read != now.read).then_some(before.read),
        flag: (before.flag != now.flag).then_some(before.flag),
        categories: categories_differ.then(|| before.categories.clone()),
    }
}

fn sorted(names: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn well_known(layout: &Layout, role: FolderRole) -> Result<FolderId, Error> {
    layout.folder(role).cloned().ok_or_else(|| Error::gone("the folder for it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let roles = [("inbox", FolderRole::Inbox), ("junk", FolderRole::Junk)];
        Layout {
            roles: roles.map(|(id, role)| (FolderId::new(id), role)).into(),
            quarantine: Some(FolderId::new("ours")),
        }
    }

    fn in_folder(folder: &str) -> Place {
        let folder = FolderId::new(folder);
        Place {
            role: layout().role(&folder),
            quarantined: folder.as_str() == "ours",
            folder,
            read: false,
            flag: Flag::None,
            categories: vec![],
            received: None,
        }
    }

    fn marked(place: Place, marks: &[&str]) -> Place {
        Place { categories: marks.iter().map(ToString::to_string).collect(), ..place }
    }

    fn step(action: Action, before: Option<Place>, now: Place) -> Step {
        next(&action, before.as_ref(), &now, &layout(), Memory::default()).unwrap()
    }

    fn to(folder: &str) -> Step {
        Step::Move(FolderId::new(folder))
    }

    fn categories(names: &[&str]) -> Step {
        set_categories(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_action_has_a_first_step_and_an_end() {
        let mark = || Action::Mark("Suspicious".into());
        let unmark = || Action::Unmark("Suspicious".into());
        for (action, before, now, expected) in [
            (Action::Deliver, None, in_folder("inbox"), Step::Done),
            (Action::Quarantine, None, in_folder("inbox"), to("ours")),
            (Action::Quarantine, None, in_folder("ours"), Step::Done),
            (Action::Junk, None, in_folder("inbox"), to("junk")),
            (Action::Junk, None, in_folder("ours"), to("junk")),
            (Action::Junk, None, in_folder("junk"), Step::Done),
            (mark(), None, marked(in_folder("inbox"), &["Mine"]), categories(&["Mine", "Suspicious"])),
            (mark(), None, marked(in_folder("inbox"), &["suspicious"]), Step::Done),
            (unmark(), None, marked(in_folder("inbox"), &["Mine", "Suspicious"]), categories(&["Mine"])),
            (unmark(), None, marked(in_folder("inbox"), &["Mine"]), Step::Done),
            (
                unmark(),
                Some(marked(in_folder("inbox"), &["Suspicious"])),
                marked(in_folder("inbox"), &["Suspicious"]),
                Step::Done,
            ),
            (Action::Restore, Some(in_folder("work")), in_folder("ours"), to("work")),
            (Action::Restore, Some(in_folder("inbox")), in_folder("junk"), to("inbox")),
            (Action::Restore, Some(in_folder("junk")), in_folder("ours"), to("junk")),
            (Action::Restore, Some(in_folder("junk")), in_folder("junk"), Step::Done),
            (Action::Restore, Some(in_folder("inbox")), in_folder("inbox"), Step::Done),
            (Action::Restore, Some(in_folder("inbox")), in_folder("work"), Step::Done),
            (Action::Restore, Some(in_folder("ours")), in_folder("ours"), to("inbox")),
        ] {
            let shown = format!("{action:?} {before:?} {now:?}");
            assert_eq!(step(action, before, now), expected, "{shown}");
        }
    }

    #[test]
    fn restore_sets_what_differs_then_moves_and_leaves_the_persons_later_changes_alone() {
        let before = Place { read: true, flag: Flag::Flagged, ..marked(in_folder("work"), &["Mine"]) };
        let all =
            Change { read: Some(true), flag: Some(Flag::Flagged), categories: Some(vec!["Mine".into()]) };
        let restore =
            |now: &Place, memory| next(&Action::Restore, Some(&before), now, &layout(), memory).unwrap();
        let memory = Memory::default();
        let (set, moved) = (Memory { set_before_move: true, ..memory }, Memory { moved: true, ..memory });

        assert_eq!(restore(&in_folder("ours"), memory), Step::Set(all.clone()));
        assert_eq!(restore(&in_folder("ours"), set), to("work"));
        assert_eq!(restore(&in_folder("work"), moved), Step::Set(all));
        assert_eq!(restore(&in_folder("work"), Memory { set_after_move: true, ..moved }), Step::Done);
        assert_eq!(restore(&in_folder("work"), memory), Step::Done);
        let lost = Memory { folder_lost: true, ..set };
        assert_eq!(restore(&in_folder("ours"), lost), to("inbox"));
    }

    #[test]
    fn restoring_without_knowing_where_to_is_misuse() {
        let refused = next(&Action::Restore, None, &in_folder("ours"), &layout(), Memory::default());
        assert!(matches!(refused, Err(Error::Misused(_))));
    }
}
