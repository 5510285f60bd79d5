#!/bin/sh
# The first process of a User-Mode Linux whose root is this machine's, read-only: an NFS server, two mounts of it, and one job.
# DIR (kernel command line): the folder of this run, with modules/, a disk image as ubda, and job.sh.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
for folder in /run /var/lib/nfs /mnt /srv; do mount -t tmpfs tmpfs $folder; done
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
for module in nfsd nfs nfsv4; do modprobe -d "$DIR/modules" $module; done
mkdir -p /srv/export /mnt/one /mnt/other /var/lib/nfs/sm /var/lib/nfs/rpc_pipefs /var/lib/nfs/v4recovery
touch /var/lib/nfs/etab /var/lib/nfs/rmtab /var/lib/nfs/state
mount -t ext4 /dev/ubda /srv/export
mount -t nfsd nfsd /proc/fs/nfsd
exportfs -o rw,no_root_squash,fsid=0,insecure,no_subtree_check 127.0.0.1:/srv/export
echo 10 >/proc/fs/nfsd/nfsv4leasetime
echo 10 >/proc/fs/nfsd/nfsv4gracetime
rpc.mountd -N 2 -N 3
rpc.nfsd -N 3 4
echo Y >/proc/fs/nfsd/v4_end_grace
# The second mount shares no cache with the first and keeps none: it is another host.
mount -t nfs4 -o vers=4.2 127.0.0.1:/ /mnt/one
mount -t nfs4 -o vers=4.2,nosharecache,actimeo=0,lookupcache=none 127.0.0.1:/ /mnt/other
grep ' nfs4 ' /proc/mounts
"$DIR/job.sh"
umount /mnt/other /mnt/one
exportfs -ua
rpc.nfsd 0
umount /srv/export
poweroff -f
