#!/usr/bin/env bash
# A role of the collection has this target's name, and ansible-test would run that one in place of the target. So the
# target is started here, by its path.
set -eux

ansible-playbook -i ../../inventory -e @../../integration_config.yml -e target=vcav_appliance \
    ../setup_simulator/play.yml "$@"
