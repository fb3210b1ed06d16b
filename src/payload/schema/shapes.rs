//! The shapes of all places: learned from documents, merged, and kept within their limits.

use super::format;
use super::names::Names;
use super::shape::{Limits, Link, Member, NONE, Shape};
use crate::json::{Document, Kind, Node, Segment};

/// All shapes; the first is that of the documents themselves.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    pub(super) all: Vec<Shape>,
    names: Names,
    free: Vec<u32>,
    /// Something was left out because of a limit.
    pub(super) truncated: bool,
    /// A place was left out because there were too many. None is added from then on: what is
    /// known of a place is all of it or nothing.
    pub(super) full: bool,
}

/// A container on the way of a walk.
pub(super) struct Level {
    pub(super) after: u32,
    pub(super) shape: u32,
    /// How many members were looked at, for `order`.
    cursor: usize,
    array: bool,
}

impl Shapes {
    pub(super) fn new() -> Self {
        let all = vec![Shape::default()];
        Self { all, names: Names::default(), free: Vec::new(), truncated: false, full: false }
    }

    /// The members of a shape with their names, in the order of the names.
    pub(super) fn members<'s>(
        &'s self,
        shape: &'s Shape,
    ) -> impl ExactSizeIterator<Item = (&'s str, u32)> {
        shape.members.iter().map(|member| (self.names.get(member.name), member.at))
    }

    pub(super) fn name(&self, member: &Member) -> &str {
        self.names.get(member.name)
    }

    /// The member of this name, or where it would stand.
    pub(super) fn find(&self, shape: &Shape, name: &str) -> Result<usize, usize> {
        shape.members.binary_search_by(|member| self.names.bytes(member.name).cmp(name.as_bytes()))
    }

    /// Hangs shape `at` on shape `parent`; says whether the name was free.
    pub(super) fn hang(&mut self, parent: u32, name: &str, at: u32) -> bool {
        let Some(shape) = self.all.get(parent as usize) else { return false };
        let Err(place) = self.find(shape, name) else { return false };
        let name = self.names.add(name);
        self.all[parent as usize].members.insert(place, Member { name, at });
        true
    }

    /// The member that stood at this place in the last document, if it is this one.
    #[inline]
    pub(super) fn expected(
        &self,
        shape: &Shape,
        cursor: usize,
        raw: &str,
        escaped: bool,
    ) -> Option<u32> {
        let place = *shape.order.get(cursor)?;
        let member = shape.members.get(usize::from(place))?;
        (!escaped && self.names.bytes(member.name) == raw.as_bytes()).then_some(member.at)
    }

    /// Whether something stood at a path, or could have and was left out.
    pub(super) fn knows(&self, path: &[Segment]) -> bool {
        self.all[0].seen() > 0 && self.leads_on(0, path)
    }

    /// Recursion is bounded by the depth of the shapes.
    fn leads_on(&self, at: u32, path: &[Segment]) -> bool {
        let Some(shape) = self.all.get(at as usize) else { return self.truncated };
        let Some((segment, rest)) = path.split_first() else { return true };
        let items = || self.leads_on(shape.items.0, rest);
        let member = |key: &str| {
            let at = match self.find(shape, key) {
                Ok(place) => shape.members[place].at,
                Err(_) if shape.is_map || format::key_is_data(key) => shape.others.0,
                Err(_) => NONE,
            };
            self.leads_on(at, rest)
        };
        match segment {
            Segment::Key(key) => member(key),
            Segment::Index(_) => items(),
            Segment::KeyOrIndex(number) => items() || member(&number.to_string()),
        }
    }

    pub(super) fn live(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// Adds what one document shows.
    pub(super) fn learn(&mut self, document: &Document<'_>, limits: &Limits) {
        let mut levels: Vec<Level> = Vec::with_capacity(16);
        let end = document.root().after();
        if self.all.len() == 1 {
            self.all.reserve((end as usize).min(limits.max_fields).min(256));
            self.names.reserve((document.text().len() / 8).min(4_096));
        }
        let mut next = 0;
        while next < end {
            while levels.last().is_some_and(|level| next >= level.after) {
                levels.pop();
            }
            let node = document.node(next);
            if node.is_shadowed() {
                next = node.after();
                continue;
            }
            let shape = match levels.last_mut() {
                None => 0,
                Some(level) if level.array => self.item(level.shape, limits),
                Some(level) => self.member(level, node, limits),
            };
            if shape == NONE {
                self.truncated = true;
                next = node.after();
                continue;
            }
            if let Some(shape) = self.all.get_mut(shape as usize) {
                shape.see(node, limits);
            }
            next += 1;
            if !node.is_empty() {
                if levels.len() >= limits.max_depth {
                    self.truncated = true;
                    next = node.after();
                    continue;
                }
                let array = node.kind() == Kind::Array;
                levels.push(Level { after: node.after(), shape, cursor: 0, array });
            }
        }
    }

    /// Adds everything that `other` has learned.
    pub(super) fn merge(&mut self, other: &Self, limits: &Limits) {
        let base = self.all.len() as u32;
        let moved = |at: u32| if at == NONE { NONE } else { at + base };
        let names = self.names.append(&other.names);
        self.all.extend(other.all.iter().cloned().map(|mut shape| {
            shape.items = Link(moved(shape.items.0));
            shape.others = Link(moved(shape.others.0));
            for member in &mut shape.members {
                member.at = moved(member.at);
                member.name = member.name.moved(names);
            }
            shape.order.clear();
            shape
        }));
        self.free.extend(other.free.iter().map(|at| at + base));
        self.truncated |= other.truncated;
        self.full |= other.full;
        self.absorb(0, base, limits);
        self.compact(limits.max_fields);
    }

    /// Shapes in the order of their depth, then of their names: the order that decides which
    /// stay when there are too many, whatever order they were learned in.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut order = vec![0];
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            let shape = &self.all[at as usize];
            let links = [shape.others.0, shape.items.0];
            order.extend(links.into_iter().filter(|at| *at != NONE));
            order.extend(shape.members.iter().map(|member| member.at));
        }
        order
    }

    /// Drops what is free, and what is beyond the limit.
    fn compact(&mut self, max_fields: usize) {
        let mut order = self.in_order();
        if order.len() > max_fields {
            (self.truncated, self.full) = (true, true);
            order.truncate(max_fields.max(1));
        }
        let mut moved = vec![NONE; self.all.len()];
        for (to, from) in order.iter().enumerate() {
            moved[*from as usize] = to as u32;
        }
        let new_place = |at: u32| moved.get(at as usize).copied().unwrap_or(NONE);
        let mut all: Vec<Shape> =
            order.iter().map(|at| std::mem::take(&mut self.all[*at as usize])).collect();
        let mut names = Names::default();
        for shape in &mut all {
            shape.order.clear();
            for member in &mut shape.members {
                member.at = new_place(member.at);
            }
            shape.members.retain(|member| member.at != NONE);
            for member in &mut shape.members {
                member.name = names.add(self.names.get(member.name));
            }
            shape.items = Link(new_place(shape.items.0));
            shape.others = Link(new_place(shape.others.0));
        }
        self.all = all;
        self.names = names;
        self.free.clear();
    }

    /// The shape of the items of an array, made if it is new.
    fn item(&mut self, array: u32, limits: &Limits) -> u32 {
        let known = self.all[array as usize].items.0;
        if known != NONE {
            return known;
        }
        let at = self.add(limits);
        self.all[array as usize].items = Link(at);
        at
    }

    /// The shape of a member of the object of a level, made if it is new.
    #[inline]
    fn member(&mut self, level: &mut Level, node: Node<'_, '_>, limits: &Limits) -> u32 {
        let (raw, escaped) = node.raw_key().unwrap_or_default();
        let cursor = level.cursor;
        level.cursor += 1;
        let shape = &self.all[level.shape as usize];
        // Senders write members in the same order every time.
        if let Some(at) = self.expected(shape, cursor, raw, escaped) {
            return at;
        }
        let key = crate::json::decode(raw, escaped);
        let siblings = node.parent().map_or(0, Node::len);
        self.member_by_name(level.shape, &key, cursor, siblings, limits)
    }

    fn member_by_name(
        &mut self,
        object: u32,
        key: &str,
        cursor: usize,
        siblings: usize,
        limits: &Limits,
    ) -> u32 {
        let found = self.find(&self.all[object as usize], key);
        let shape = &mut self.all[object as usize];
        let place = match found {
            Ok(place) => {
                shape.expect(cursor, place);
                return shape.members[place].at;
            }
            Err(place) => place,
        };
        if shape.is_map || format::key_is_data(key) {
            return self.other(object, limits);
        }
        if shape.members.len() >= limits.max_members {
            self.become_map(object, limits);
            return self.other(object, limits);
        }
        if shape.members.is_empty() {
            shape.members.reserve_exact(siblings.min(limits.max_members));
            shape.order.reserve_exact(siblings.min(limits.max_members));
        }
        let at = self.add(limits);
        if at != NONE {
            let name = self.names.add(key);
            let shape = &mut self.all[object as usize];
            for known in &mut shape.order {
                *known += u16::from(usize::from(*known) >= place);
            }
            shape.members.insert(place, Member { name, at });
            shape.expect(cursor, place);
        }
        at
    }

    /// The shape of all members of a map, made if it is new.
    fn other(&mut self, object: u32, limits: &Limits) -> u32 {
        let known = self.all[object as usize].others.0;
        if known != NONE {
            return known;
        }
        let at = self.add(limits);
        self.all[object as usize].others = Link(at);
        at
    }

    fn become_map(&mut self, object: u32, limits: &Limits) {
        let shape = &mut self.all[object as usize];
        shape.is_map = true;
        shape.order.clear();
        let members = std::mem::take(&mut shape.members);
        for member in members {
            self.add_other(object, member.at, limits);
        }
    }

    fn add_other(&mut self, object: u32, member: u32, limits: &Limits) {
        match self.all[object as usize].others.0 {
            NONE => self.all[object as usize].others = Link(member),
            others => self.absorb(others, member, limits),
        }
    }

    fn add(&mut self, limits: &Limits) -> u32 {
        self.full |= self.live() >= limits.max_fields;
        if self.full {
            return NONE;
        }
        if let Some(at) = self.free.pop() {
            return at;
        }
        self.all.push(Shape::default());
        (self.all.len() - 1) as u32
    }

    /// Moves everything that shape `from` has seen into shape `into`. Recursion is bounded by the
    /// depth limit of schemas.
    fn absorb(&mut self, into: u32, from: u32, limits: &Limits) {
        let taken = std::mem::take(&mut self.all[from as usize]);
        self.free.push(from);
        let shape = &mut self.all[into as usize];
        shape.combine(&taken);
        let was_map = shape.is_map;
        match (shape.items.0, taken.items.0) {
            (_, NONE) => {}
            (NONE, items) => shape.items = Link(items),
            (known, items) => self.absorb(known, items, limits),
        }
        if taken.others.0 != NONE {
            self.add_other(into, taken.others.0, limits);
        }
        if taken.is_map && !was_map {
            self.become_map(into, limits);
        }
        for member in taken.members {
            let shape = &self.all[into as usize];
            if shape.is_map {
                self.add_other(into, member.at, limits);
                continue;
            }
            match self.find(shape, self.names.get(member.name)) {
                Ok(place) => {
                    let known = shape.members[place].at;
                    self.absorb(known, member.at, limits);
                }
                Err(_) if shape.members.len() >= limits.max_members => {
                    self.become_map(into, limits);
                    self.add_other(into, member.at, limits);
                }
                Err(place) => {
                    let shape = &mut self.all[into as usize];
                    shape.order.clear();
                    shape.members.insert(place, member);
                }
            }
        }
    }
}
