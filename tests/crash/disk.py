#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Power loss on a block device: a FUSE file with a volatile write cache,
a loop device and ext4 upon it, and there the store under load, or a whole
office with its signer.  Crash images are mounted, so that ext4 replays its
journal, recovered and checked.  Root, /dev/fuse and loop devices are needed;
without them it says "skipped".
usage: disk.py [--images N] [--office-images N] [--seed N]"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
import lib
import load
import power

MEGABYTES = 1024
EACH = 6  # images of one store
HOWS = ("none", "some", "some", "prefix", "prefix", "all")


def cannot():
    """Why not, or None."""
    if os.geteuid() != 0:
        return "not root"
    for path in ("/dev/fuse", "/dev/loop-control", power.tool("fuse_disk")):
        if not os.path.exists(path):
            return "no " + path
    for name in ("losetup", "mkfs.ext4", "mount", "fusermount3"):
        if shutil.which(name) is None:
            return "no " + name
    return None


def must(*args):
    return power.must(*args, env=dict(os.environ))


def mount(image, point):
    """Attach, replay the journal of ext4, mount; the loop device."""
    os.makedirs(point, exist_ok=True)
    loop = must("losetup", "--find", "--show", image).strip()
    try:
        must("mount", "-t", "ext4", loop, point)
    except RuntimeError:
        must("losetup", "-d", loop)
        raise
    return loop


def unmount(loop, point):
    for _ in range(50):
        if subprocess.run(["umount", point], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0:
            break
        time.sleep(0.1)
    else:
        must("umount", "-l", point)
    must("losetup", "-d", loop)


class Disk:
    """The device, with a file system upon it."""

    def __init__(self, folder):
        self.folder = folder
        self.device = os.path.join(folder, "device")
        self.mnt = os.path.join(folder, "mnt")
        for path in (self.device, self.mnt):
            os.mkdir(path)
        self.process = subprocess.Popen(
            [power.tool("fuse_disk"), self.device, str(MEGABYTES), folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        file = os.path.join(self.device, "disk")
        end = time.time() + 10
        while not os.path.exists(file):
            if time.time() > end or self.process.poll() is not None:
                raise RuntimeError("fuse_disk does not start")
            time.sleep(0.05)
        must("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,"
             "lazy_journal_init=0,nodiscard", file)
        self.loop = mount(file, self.mnt)

    def fail_power(self, how, seed, path):
        with open(os.path.join(self.device, "control"), "w",
                  encoding="ascii") as f:
            f.write("%s %d %s" % (how, seed, path))

    def close(self):
        unmount(self.loop, self.mnt)
        subprocess.run(["fusermount3", "-u", "-z", self.device], check=False)
        self.process.terminate()
        self.process.wait(30)


class Image:
    """What is left, mounted."""

    def __init__(self, path):
        self.path = path
        self.mnt = path + ".mnt"
        self.loop = mount(path, self.mnt)

    def close(self):
        unmount(self.loop, self.mnt)
        os.rmdir(self.mnt)
        os.unlink(self.path)


# --- the store by itself ---

class Writers:
    """power_driver on the disk; its acknowledgements, outside of it."""

    def __init__(self, home, acks, seed):
        self.home, self.acks = home, acks
        must(power.tool("power_driver"), "init", home)
        os.sync()
        with open(acks, "wb") as out:
            self.process = subprocess.Popen(
                [power.tool("power_driver"), "write", home, str(seed), "8",
                 "100000000"], stdout=out)

    def acknowledged(self):
        """Whole lines only."""
        with open(self.acks, "rb") as f:
            text = f.read()
        return text[:text.rfind(b"\n") + 1]

    def pause(self, yes):
        """So that the disk does not fill up while an image is looked at."""
        self.process.send_signal(signal.SIGSTOP if yes else signal.SIGCONT)

    def stop(self):
        ended = self.process.poll()
        self.process.kill()
        self.process.wait()
        return ended is None


def store_image(disk, writers, rng, number):
    path = os.path.join(disk.folder, "image%d" % number)
    acks = writers.acknowledged()
    how, seed = rng.choice(HOWS), rng.getrandbits(40)
    disk.fail_power(how, seed, path)
    writers.pause(True)
    with open(path + ".acks", "wb") as f:
        f.write(acks)
    image = Image(path)
    try:
        v = power.Journal().check(os.path.join(image.mnt, "home"),
                                  path + ".acks", None)
    finally:
        image.close()
        os.unlink(path + ".acks")
        writers.pause(False)
    return v, "%s, seed %d" % (how, seed)


def run_store(disk, images, rng):
    row = power.Row("journal on ext4", power.GOOD)
    number = 0
    while number < images:
        home = os.path.join(disk.mnt, "home")
        shutil.rmtree(home, ignore_errors=True)
        os.mkdir(home)
        writers = Writers(home, os.path.join(disk.folder, "acks"),
                          rng.getrandbits(40))
        for _ in range(min(EACH, images - number)):
            time.sleep(0.1 + 0.5 * rng.random())
            row.add(*store_image(disk, writers, rng, number))
            number += 1
        if not writers.stop():
            row.other += 1
            row.worst = row.worst or "the writers ended by themselves"
    power.show(row)
    return row.holds()


# --- a whole office ---

class Left(lib.Office):
    """The office of an image: the same home elsewhere, on other ports."""

    def __init__(self, of, home):
        self.__dict__.update(of.__dict__)
        self.work = tempfile.mkdtemp(prefix="nintei-left-")
        lib.offices.append(self)
        self.home = home
        self.git = os.path.join(home, "store", "audit.git")
        self.log = os.path.join(self.work, "log")
        self.process = None
        old = (of.https, of.http)
        self.https, self.http = lib.free_ports(2)
        self.config = of.config.replace(
            "127.0.0.1:%d" % old[0], "127.0.0.1:%d" % self.https).replace(
            "127.0.0.1:%d" % old[1], "127.0.0.1:%d" % self.http)
        self.set_clock(None)

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        lib.offices.remove(self)
        shutil.rmtree(self.work, ignore_errors=True)


class Frozen:
    """What the clients had heard when power failed."""

    def __init__(self, clients):
        with clients.lock:
            self.acknowledged = list(clients.acknowledged)
            self.keys = dict(clients.keys)
        self.faults = []


def office_image(disk, office, clients, rng, number):
    path = os.path.join(disk.folder, "office%d" % number)
    heard = Frozen(clients)
    how, seed = rng.choice(HOWS), rng.getrandbits(40)
    disk.fail_power(how, seed, path)
    clients.going.clear()
    image = Image(path)
    left = Left(office, os.path.join(image.mnt, os.path.relpath(
        office.home, disk.mnt)))
    try:
        before = len(lib.failures)
        left.start()
        load.verify(left, heard)
    finally:
        left.close()
        image.close()
        clients.going.set()
    return len(lib.failures) == before, "%s, seed %d, %d acknowledged" % (
        how, seed, len(heard.acknowledged))


def run_office(disk, images, rng):
    tempfile.tempdir = disk.mnt
    office = lib.Office(lib.LIMITS)
    tempfile.tempdir = None
    os.sync()
    office.start()
    clients = load.Load(office, rng.getrandbits(40))
    good = 0
    for number in range(images):
        time.sleep(1 + 3 * rng.random())
        fine, words = office_image(disk, office, clients, rng, number)
        good += fine
        print("     office image %d: %s: %s" % (
            number, words, "ok" if fine else "FAIL"), flush=True)
    clients.stop()
    office.stop()
    print("office on ext4: %d images, %d good" % (images, good), flush=True)
    return good == images


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--images", type=int, default=60)
    p.add_argument("--office-images", type=int, default=20)
    p.add_argument("--seed", type=int, default=int(time.time()))
    o = p.parse_args()
    why = cannot()
    if why is not None:
        print("skipped: power loss on a block device: %s" % why)
        sys.exit(77)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print("seed %d\n%s" % (o.seed, power.HEAD), flush=True)
    rng = random.Random(o.seed)
    folder = tempfile.mkdtemp(prefix="nintei-disk-", dir=power.roomy())
    disk = Disk(folder)
    try:
        good = run_store(disk, o.images, rng) if o.images > 0 else True
        if o.office_images > 0:
            good = run_office(disk, o.office_images, rng) and good
    finally:
        for office in lib.offices:
            office.remove()
        disk.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
